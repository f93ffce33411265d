// ifupdown: a file of ours below /etc/network/interfaces.d. A second stanza for an interface is carried out after the
// first. interfaces(5)

import {problem} from '../../domain/problem.ts'
import type {HostReader} from '../../host/host.ts'
import {shellLine} from '../../host/setup-line.ts'
import {type Backend, bootFileText, type PersistRequest} from '../backend.ts'
import {type Command, makeCommands, programsOn, startCommands, stopCommands} from '../commands.ts'
import {commonFiles, sysctlFilePath} from '../common-files.ts'
import {aboutLink, isHomemade, linkNames} from '../lasting.ts'

const main = '/etc/network/interfaces'

export const ifupdown: Backend = {
  title: 'ifupdown',
  traces: ['/usr/sbin/ifup', '/sbin/ifup'],
  plan: (request, host) => ({
    files: [
      ...commonFiles(request),
      {path: `/etc/network/interfaces.d/lvsctl-${request.role}`, content: stanzas(request, host)},
    ],
    links: [],
    problems: readsFolder(host)
      ? []
      : [
          problem('persist-not-sourced', `${main} does not read the files below ${main}.d`, {
            where: '--persist',
            hint: `Add this line to it: source ${main}.d/*`,
          }),
        ],
  }),
}

/** `source-directory` takes only names of letters, digits, hyphens and underscores, and ours is one. */
const readsFolder = (host: HostReader): boolean =>
  /^\s*(?:source|source-directory)\s+(?:\/etc\/network\/)?interfaces\.d(?:\/\*?)?\s*$/m.test(host.readFile(main) ?? '')

function stanzas({role, lasting}: PersistRequest, host: HostReader): string {
  const programs = programsOn(host)
  // What fails before `up` keeps the addresses down.
  const sysctls = lasting.sysctls.length > 0 ? [{words: [programs.sysctl, '-q', '-p', sysctlFilePath(role)]}] : []
  const names = linkNames(lasting)
  const bodies = names.map((name, index) => {
    // Ports belong to no interface: they come with the first.
    const its = {...aboutLink(lasting, name), fouPorts: index === 0 ? lasting.fouPorts : []}
    // A network manager's interface, and lo, are brought up by their own stanzas.
    const auto = name !== 'lo' && isHomemade(name, lasting) ? `auto ${name}\n` : ''
    return [
      `${auto}iface ${name} inet manual\n`,
      ...[...makeCommands(its, programs), ...sysctls].map((one) => line('pre-up', one)),
      ...startCommands(its, programs).map((one) => line('up', one)),
      ...stopCommands(its, programs).map((one) => line('down', one)),
    ].join('')
  })
  return bootFileText(role, bodies.join('\n'))
}

const line = (when: string, {words, mayFail}: Command): string =>
  `    ${when} ${shellLine(words)}${mayFail ? ' || true' : ''}\n`
