// NetworkManager: a connection profile of ours for lo and dummies, and a dispatcher script for interfaces that other profiles are
// about, since one interface has one active profile. nm-settings-keyfile(5), NetworkManager-dispatcher(8)

import {createHash} from 'node:crypto'
import {type Family, familyOf} from '../../domain/address.ts'
import {type Problem, warning} from '../../domain/problem.ts'
import {describeFouPort} from '../../host/describe.ts'
import type {HostReader, InterfaceAddress} from '../../host/host.ts'
import type {Role} from '../../host/ledger.ts'
import {shellLine} from '../../host/setup-line.ts'
import {type Backend, type BootFile, beyond, bootFileText, type PersistRequest} from '../backend.ts'
import {programsOn, startCommands} from '../commands.ts'
import {commonFiles, sysctlFilePath} from '../common-files.ts'
import {aboutLink, isHomemade, type Lasting, linkNames, outsideLinks} from '../lasting.ts'

const title = 'NetworkManager'

export const networkmanager: Backend = {
  title,
  traces: ['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager'],
  plan: (request, host) => {
    const {lasting} = request
    const profiled = linkNames(lasting).flatMap((name) => {
      const type = profileType(name, lasting)
      return type === undefined ? [] : [{name, type, its: aboutLink(lasting, name)}]
    })
    return {
      files: [
        ...commonFiles(request),
        ...profiled.map(({name, type, its}) => profile(request.role, name, type, its)),
        ...dispatcher(request, host),
      ],
      links: [],
      problems: [
        ...foreignKinds(lasting).map((what) => beyond(title, what)),
        ...profiled.flatMap(({its}) => fleeting(its)),
      ],
    }
  },
}

/** undefined: it is not ours to have a profile for. */
function profileType(name: string, {links}: Lasting): 'loopback' | 'dummy' | undefined {
  if (name === 'lo') return 'loopback'
  return links.some((one) => one.name === name && one.kind === 'dummy') ? 'dummy' : undefined
}

function foreignKinds(lasting: Lasting): readonly string[] {
  const {fouPorts, addresses} = lasting
  return [
    ...linkNames(lasting).filter((name) => isHomemade(name, lasting) && !profileType(name, lasting)),
    ...fouPorts.map((port) => `"ip fou add ${describeFouPort(port)}"`),
    ...addresses
      .filter((one) => one.scope !== 'global' && profileType(one.interface, lasting))
      .map(({address, scope}) => `the scope of ${address} (${scope})`),
  ]
}

const fleeting = ({addresses}: Lasting): readonly Problem[] =>
  addresses
    .filter(({preferred}) => preferred === 0)
    .map(({address}) =>
      warning(
        'persist-preferred',
        `NetworkManager has no words for preferred_lft 0: after a boot ${address} is one of this host's source addresses, the last choice`,
      ),
    )

/** Profiles for lo are taken since NetworkManager 1.42. */
function profile(role: Role, name: string, type: 'loopback' | 'dummy', {addresses}: Lasting): BootFile {
  const id = `lvsctl-${role}-${name}`
  const usual = type === 'loopback' ? {ipv4: '127.0.0.1/8', ipv6: '::1/128'} : {}
  const content = bootFileText(
    role,
    `[connection]
id=${id}
uuid=${uuidOf(id)}
type=${type}
interface-name=${name}
autoconnect=true

${section('ipv4', usual.ipv4, addresses)}
${section('ipv6', usual.ipv6, addresses)}`,
  )
  // NetworkManager ignores profiles that others than root can read.
  return {path: `/etc/NetworkManager/system-connections/${id}.nmconnection`, content, mode: 0o600}
}

function section(family: Family, usual: string | undefined, addresses: readonly InterfaceAddress[]): string {
  const own = addresses.filter((one) => familyOf(one.address) === family)
  const all = [...(usual === undefined ? [] : [usual]), ...own.map((one) => `${one.address}/${one.prefixLength}`)]
  const lines = all.map((address, index) => `address${index + 1}=${address}\n`)
  return `[${family}]\nmethod=${all.length === 0 ? 'disabled' : 'manual'}\n${lines.join('')}`
}

function dispatcher({role, lasting}: PersistRequest, host: HostReader): readonly BootFile[] {
  const links = outsideLinks(lasting)
  if (links.length === 0) return []
  const programs = programsOn(host)
  const cases = links.map((name) => {
    const lines = startCommands(aboutLink(lasting, name), programs).map(
      ({words, mayFail}) => `    ${shellLine(words)}${mayFail ? ' || true' : ''}\n`,
    )
    return `  ${name})\n${lines.join('')}    ;;\n`
  })
  const sysctl = `${programs.sysctl} -q -p ${sysctlFilePath(role)}\n`
  const body = `set -e
[ "$2" = up ] || exit 0
${lasting.sysctls.length > 0 ? sysctl : ''}case "$1" in
${cases.join('')}esac
`
  const content = bootFileText(role, body, {first: '#!/bin/sh\n'})
  return [{path: `/etc/NetworkManager/dispatcher.d/60-lvsctl-${role}`, content, mode: 0o755}]
}

/** The same name has the same one: RFC 9562 §5.8 leaves the rest to us. */
function uuidOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
