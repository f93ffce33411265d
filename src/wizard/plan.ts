// From answers to the commands that set everything up: those for this host, each with the one that takes it back, and
// those for every other host. They are what an operator would type, and what is run.

import {formatServerKey} from '../domain/server.ts'
import {defaultScheduler, type ServiceKey} from '../domain/service.ts'
import {serviceArguments} from '../domain/service-key.ts'
import {type Answers, methods, type RealServer} from './answers.ts'
import {type Facts, isOwn} from './facts.ts'

/** Words after `lvsctl`. */
export type Command = readonly string[]

export interface Step {
  readonly command: Command
  /** What takes it back; undefined: nothing needs to. */
  readonly undo?: Command
  /** It can be checked before anything is done, with these words besides. */
  readonly check?: Command
  /** It can be checked, too, but only where the service is there already. */
  readonly insideService?: true
}

export interface OtherHosts {
  /** `the director`, `each real server`. */
  readonly who: string
  /** Which ones, where that is known. */
  readonly addresses: readonly string[]
  readonly commands: readonly Command[]
  /** What prints a script that does the same where lvsctl is not installed. */
  readonly script?: Command
}

export interface Plan {
  readonly here: readonly Step[]
  readonly elsewhere: readonly OtherHosts[]
  /** Says whether this host is as it should be. */
  readonly status?: Command
}

/** What an answer may lack: some questions do not come up. */
export type Complete = Pick<Answers, 'service' | 'servers' | 'method' | 'scheduler' | 'persistence' | 'role'> &
  Partial<Answers>

export function isComplete(answers: Partial<Answers>): answers is Complete {
  return (['service', 'servers', 'method', 'scheduler', 'persistence', 'role'] as const).every(
    (key) => answers[key] !== undefined,
  )
}

export function planOf(answers: Complete, facts: Facts): Plan {
  const {role, servers} = answers
  const others = role === 'real-server' ? servers.filter(({address}) => !isOwn(address, facts)) : servers
  const realServer = realServerSetup(answers)
  const elsewhere: OtherHosts[] = []
  if (role !== 'director')
    elsewhere.push({
      who: 'the director',
      addresses: [],
      commands: directorSteps(answers).map(({command}) => command),
    })
  if (others.length > 0)
    elsewhere.push({
      who: others.length === 1 ? 'the real server' : 'each real server',
      addresses: [...new Set(others.map(({address}) => address))],
      commands: realServer ? [realServer] : [],
      ...(realServer && {
        script: ['realserver', 'script', ...realServer.slice(2).filter((word) => word !== '--persist')],
      }),
    })
  if (role === 'other') return {here: [], elsewhere}
  if (role === 'director') return {here: directorSteps(answers), elsewhere, status: ['director', 'status']}
  return {
    here: realServer ? [setupStep(realServer, realServerTeardown(answers))] : [],
    elsewhere,
    ...(realServer && {status: ['realserver', 'status']}),
  }
}

function directorSteps(answers: Complete): readonly Step[] {
  const {service, servers, scheduler = defaultScheduler, persistence, method, masquerade, keep} = answers
  const device = answers.device ?? 'INTERFACE'
  const vip = ['--vip', service.address, '--dev', device]
  const named = serviceArguments(service) as Command
  return [
    setupStep(
      [
        ...['director', 'setup', ...vip],
        ...(method === 'dr' ? [] : ['--method', method]),
        ...(masquerade ? ['--masquerade'] : []),
        ...persist(answers),
      ],
      ['director', 'teardown', ...vip],
    ),
    {
      command: ['service', 'add', ...named, '-s', scheduler, ...(persistence > 0 ? ['-p', `${persistence}`] : [])],
      undo: ['service', 'delete', ...named],
      check: [],
    },
    ...servers.map((one): Step => {
      const which = [...named, '-r', serverWord(one, service)]
      return {
        command: ['server', 'add', ...which, methods[method].option, '-w', `${one.weight}`],
        undo: ['server', 'delete', ...which],
        insideService: true,
      }
    }),
    // The table is still empty when this is checked.
    ...(keep?.by === 'boot' ? [{command: ['save', '--boot'], check: ['--allow-empty']}] : []),
    ...(keep?.by === 'file' ? [{command: ['save', keep.path], check: ['--allow-empty']}] : []),
  ]
}

const setupStep = (command: Command, undo: Command): Step => ({command, undo, check: []})

/** The port is left out where it is the service's. */
function serverWord(server: RealServer, service: Extract<ServiceKey, {kind: 'address'}>): string {
  return server.port === service.port ? server.address : formatServerKey(server)
}

/** undefined: a real server needs nothing. */
function realServerSetup(answers: Complete): Command | undefined {
  const {service, method, masquerade, gateway, cure} = answers
  const setup = ['realserver', 'setup']
  const tunnel = method === 'tun' ? ['--method', 'tun', ...(cure === undefined ? [] : ['--mtu-cure', cure])] : []
  if (method !== 'nat') return [...setup, '--vip', service.address, ...tunnel, ...persist(answers)]
  if (masquerade || gateway === undefined) return undefined
  return [...setup, '--method', 'nat', '--gateway', gateway, ...persist(answers)]
}

/** A gateway is no VIP, and goes with everything that was set up. */
function realServerTeardown({service, method}: Complete): Command {
  return ['realserver', 'teardown', ...(method === 'nat' ? [] : ['--vip', service.address])]
}

const persist = ({keep}: Complete): Command => (keep?.by === 'boot' ? ['--persist'] : [])

/** `netns`: where it is to be done. */
export const inNamespace = (command: Command, netns: string | undefined): Command =>
  netns === undefined ? command : [...command, '--netns', netns]
