// The plan in words: the picture, the commands for this host, and what is to be done on every other.

import {formatEndpoint} from '../domain/address.ts'
import {shellWords} from '../domain/shell-words.ts'
import type {Answers, Key} from './answers.ts'
import {picture} from './picture.ts'
import type {Command, Complete, OtherHosts, Plan} from './plan.ts'
import {keys, questionOf} from './questions.ts'

/** `netns`: the namespace that this host's commands are about. */
export function commandLine(command: Command, netns?: string): string {
  return shellWords(['lvsctl', ...command, ...(netns === undefined ? [] : ['--netns', netns])])
}

export function planLines(plan: Plan, answers: Complete, netns?: string): readonly string[] {
  const {here} = plan
  const who = answers.role === 'director' ? 'the director' : 'a real server'
  return [
    '',
    ...picture(answers),
    '',
    ...(here.length === 0
      ? ['nothing is to be done on this host']
      : [`on this host, ${who}:`, ...here.map(({command}) => `  ${commandLine(command, netns)}`)]),
  ]
}

/** Of the plan: what needs not be done again. */
export function thereLines(there: readonly Command[], netns?: string): readonly string[] {
  if (there.length === 0) return []
  return ['', 'there already as asked, and left alone:', ...there.map((command) => `  ${commandLine(command, netns)}`)]
}

/** What is left for the operator: the other hosts, and a request to see it work. */
export function otherLines(plan: Plan, answers: Complete, netns?: string): readonly string[] {
  return [
    ...plan.elsewhere.flatMap(hostLines),
    '',
    'then, on a client:',
    `  ${requestLine(answers)}`,
    ...(answers.role === 'director' ? lookLines(answers, netns) : []),
  ]
}

function lookLines({service, method}: Complete, netns: string | undefined): readonly string[] {
  return [
    // A real server that speaks about the VIP takes clients away from the director, and no table shows it.
    ...(method === 'nat'
      ? []
      : [
          'and here, that nobody else answers for the VIP:',
          `  ${commandLine(['arp', 'probe', service.address], netns)}`,
        ]),
    'and here, to see who got it:',
    `  ${commandLine(['list', '--stats'], netns)}`,
  ]
}

function hostLines({who, addresses, commands, script}: OtherHosts): readonly string[] {
  const where = addresses.length === 0 ? who : `${who}, ${new Intl.ListFormat('en').format(addresses)}`
  if (commands.length === 0) return ['', `on ${where}: nothing, but that it serves`]
  return [
    '',
    `on ${where}:`,
    ...commands.map((command) => `  ${commandLine(command)}`),
    ...(script ? ['or, where lvsctl is not installed, what this prints, as root:', `  ${commandLine(script)}`] : []),
  ]
}

/** How a client asks the service. */
function requestLine({service: {protocol, address, port}}: Complete): string {
  const endpoint = formatEndpoint(address, port)
  if (protocol !== 'tcp') return `a request to ${protocol}://${endpoint}`
  const scheme = port === 443 || port === 8443 ? 'https' : 'http'
  return port === 80 || port === 443 || port >= 1024
    ? `curl ${scheme}://${endpoint.replace(/:(80|443)$/, '')}/`
    : `nc -vz ${address} ${port}`
}

/** The answers as options: the same again, without a question. */
export function repeatLine(answers: Complete, netns?: string): string {
  const options = keys.flatMap((key) => {
    const value = answers[key]
    if (value === undefined) return []
    const {flag} = questionOf(key)
    if (key === 'servers') return answers.servers.flatMap((one) => [flag, formatAnswer('servers', [one])])
    return [flag, formatAnswer(key, value)]
  })
  return commandLine(['wizard', ...options, '--yes'], netns)
}

function formatAnswer(key: Key, value: Answers[Key]): string {
  return questionOf(key).format(value)
}

/** For programs. `there`: what of it is there already as asked. */
export function planShape(
  {here, elsewhere}: Plan,
  answers: Complete,
  there: readonly Command[],
  netns?: string,
): object {
  const {keep, persistence} = answers
  return {
    answers: {
      service: formatAnswer('service', answers.service),
      servers: answers.servers,
      method: answers.method,
      scheduler: answers.scheduler,
      persistence: persistence === 0 ? null : persistence,
      role: answers.role,
      device: answers.device ?? null,
      masquerade: answers.masquerade ?? null,
      gateway: answers.gateway ?? null,
      cure: answers.cure ?? null,
      keep: keep === undefined ? null : formatAnswer('keep', keep),
    },
    picture: picture(answers),
    here: here.map(({command, undo}) => ({
      command: commandLine(command, netns),
      undo: undo ? commandLine(undo, netns) : null,
      there: there.includes(command),
    })),
    elsewhere: elsewhere.map(({who, addresses, commands, script}) => ({
      who,
      addresses,
      commands: commands.map((command) => commandLine(command)),
      script: script ? commandLine(script) : null,
    })),
  }
}
