// The questions about the hosts: what this one is to be, where clients arrive, how replies find back, what is kept.

import {familyOf, inSubnet} from '../domain/address.ts'
import {parseHost} from '../domain/explain-address.ts'
import {shown} from '../domain/foreign-characters.ts'
import {nearest} from '../domain/nearest.ts'
import {accept, type Parsed, reject} from '../domain/parsed.ts'
import {type Problem, problem, warning} from '../domain/problem.ts'

import {type Answers, type Cure, cures, type Keep, type Role, roles} from './answers.ts'
import {addressBeside, beyond, interfaceLines, isOwn} from './facts.ts'
import type {Questions, Situation} from './question.ts'

type HostKey = 'role' | 'device' | 'masquerade' | 'gateway' | 'cure' | 'keep'

export const hostQuestions: Questions<HostKey> = {
  role: {
    flag: '--role',
    asks: 'What is this host? director, real-server or other',
    explains: [
      'director: this host takes the VIP and spreads the clients; it is set up now.',
      'real-server: this host is one of the servers that you named; it is set up now.',
      'other: nothing is done here; you are told what to do on every host.',
    ],
    proposes: ({answers: {servers = []}, facts}) =>
      servers.some(({address}) => isOwn(address, facts)) ? 'real-server' : 'director',
    decisive: true,
    parse: parseRole,
    judge: judgeRole,
    format: (role) => role,
  },
  device: {
    flag: '--dev',
    asks: 'On which interface do clients arrive?',
    explains: [
      'The VIP comes up on this interface, and the neighbours there are told that this host has it now.',
      'It is the interface in whose network the VIP lies; without such a one, the router has to send the VIP this way.',
    ],
    remarks: ({answers: {service}, facts}) => interfaceLines(facts, service?.address),
    applies: ({answers}) => answers.role === 'director',
    proposes: ({answers: {service}, facts}) => {
      const beside = service && addressBeside(service.address, facts)?.interface
      const others = facts.links.filter(({loopback, up}) => !loopback && up)
      return beside ?? (others.length === 1 ? others[0]?.name : undefined)
    },
    parse: (text) => accept(text),
    judge: judgeDevice,
    format: (device) => device,
  },
  masquerade: {
    flag: '--masquerade',
    asks: "Does the director put its own address in place of the clients'? yes or no",
    explains: [
      'Replies have to come back through the director. Where it is the gateway of the real servers, they do: no.',
      "Where the servers have another gateway, or clients are in the servers' own network, they do not: with yes, servers",
      "see every request come from the director, and answer it. They do not see the clients' addresses then.",
    ],
    applies: isNat,
    proposes: (situation) => (oneArm(situation) ? 'yes' : 'no'),
    parse: parseYesNo,
    judge: (masquerade, situation) =>
      !masquerade && oneArm(situation)
        ? [
            warning(
              'nat-one-arm',
              'the VIP and the real servers are in one network: its hosts will not reach the service',
              {
                hint: 'They are answered directly, from an address that they did not ask; yes helps',
              },
            ),
          ]
        : [],
    format: (masquerade) => (masquerade ? 'yes' : 'no'),
  },
  gateway: {
    flag: '--gateway',
    asks: "Which address of the director is the real servers' gateway?",
    explains: [
      "Replies go back through the director, which puts the VIP in their sender's place: each real server has its default route there.",
      'It is an address of the director in the network of the real servers.',
    ],
    applies: (situation) => isNat(situation) && situation.answers.masquerade === false,
    proposes: ({answers: {servers, role}, facts}) => {
      const [first] = servers ?? []
      return role === 'director' && first ? addressBeside(first.address, facts)?.address : undefined
    },
    parse: (text) => parseHost(text),
    judge: judgeGateway,
    format: (gateway) => gateway,
  },
  cure: {
    flag: '--mtu-cure',
    asks: 'Packets grow in a tunnel. What is done about it? clamp, director, path or none',
    explains: [
      'A client sends packets of up to 1500 bytes. Wrapped they are longer, and do not fit the way to the real server: large',
      'requests hang. A cure is chosen once, on the real servers; "lvsctl realserver setup --mtu-cure" has the same four.',
    ],
    choices: () => Object.entries(cures),
    applies: ({answers: {method, role}}) => method === 'tun' && role !== undefined,
    proposes: ({answers: {service}}) => (service?.protocol === 'tcp' ? 'clamp' : 'director'),
    parse: parseCure,
    judge: (cure, {answers: {service}}) =>
      cure === 'clamp' && service && service.protocol !== 'tcp'
        ? [
            warning('cure-tcp-only', `clamp is for TCP: it does nothing for ${service.protocol.toUpperCase()}`, {
              hint: 'director helps where packets are large',
            }),
          ]
        : [],
    format: (cure) => cure,
  },
  keep: {
    flag: '--keep',
    asks: 'Is it to be there after a reboot? boot, no, or a file for the table',
    explains: [
      'boot: everything is brought back at boot, by systemd.',
      'no: it is gone with the next boot.',
      'A file name: the director\'s table is saved there, as rules that "lvsctl restore" and "ipvsadm -R" read; nothing starts by itself.',
    ],
    applies: ({answers: {role}}) => role === 'director' || role === 'real-server',
    proposes: ({facts}) => (facts.systemd ? 'boot' : 'no'),
    parse: parseKeep,
    judge: judgeKeep,
    format: (keep) => (keep.by === 'file' ? keep.path : keep.by === 'boot' ? 'boot' : 'no'),
  },
}

function isNat({answers: {method, role}}: Situation): boolean {
  return method === 'nat' && role !== undefined
}

/** The VIP is in the network of real servers. */
function oneArm({answers: {service, servers = []}, facts}: Situation): boolean {
  return servers.some(({address}) => {
    const beside = addressBeside(address, facts)
    return service && beside && inSubnet(service.address, address, beside.prefixLength)
  })
}

function parseRole(text: string): Parsed<Role> {
  const word = text.toLowerCase().replace(/[ _]/g, '-').replace('realserver', 'real-server')
  const found = roles.find((role) => role === word)
  if (found) return accept(found)
  return reject('role-unknown', `${shown(text)} is none of ${roles.join(', ')}`, {meant: nearest(word, roles)[0]})
}

function judgeRole(role: Role, {answers: {servers, method}, facts}: Situation): readonly Problem[] {
  if (!servers) return []
  const own = servers.find(({address}) => isOwn(address, facts))
  if (role === 'real-server' && !own)
    return [
      problem('role-not-a-server', 'this host has none of the addresses of the real servers', {
        hint: `It has ${interfaceLines(facts).join(', ')}; go back to name it`,
      }),
    ]
  if (role !== 'director') return []
  if (method === 'dr' && beyond(servers, facts).length > 0)
    return beyond(servers, facts).map((address) =>
      problem('server-off-link', `${address} is in no network of this host, and direct routing goes no further`, {
        hint: 'Go back to take tun, or let a host in its network be the director',
      }),
    )
  if (own)
    return [
      problem(
        'server-is-here',
        `${own.address} is this host itself: one host is not set up as director and real server`,
        {
          hint: 'A real server must not answer for the VIP, and the director must. Leave it out, or take role real-server',
        },
      ),
    ]
  return []
}

function parseCure(text: string): Parsed<Cure> {
  const names = Object.keys(cures) as Cure[]
  const word = text.toLowerCase()
  const found = names.find((name) => name === word)
  if (found) return accept(found)
  return reject('cure-unknown', `${shown(text)} is none of ${names.join(', ')}`, {meant: nearest(word, names)[0]})
}

function parseYesNo(text: string): Parsed<boolean> {
  if (/^(y|yes|true)$/i.test(text)) return accept(true)
  if (/^(n|no|false)$/i.test(text)) return accept(false)
  return reject('yes-or-no', `${shown(text)} is neither yes nor no`)
}

function parseKeep(text: string): Parsed<Keep> {
  if (/^(boot|y|yes|true)$/i.test(text)) return accept({by: 'boot'})
  if (/^(n|no|nothing|false)$/i.test(text)) return accept({by: 'nothing'})
  if (/[/.]/.test(text)) return accept({by: 'file', path: text})
  return reject('keep-unknown', `${shown(text)} is neither boot nor no nor a file`, {
    hint: `A file here: ./${text}`,
  })
}

function judgeDevice(device: string, {facts: {links}}: Situation): readonly Problem[] {
  const link = links.find(({name}) => name === device)
  const others = links.filter(({loopback}) => !loopback).map(({name}) => name)
  const choice = `There are ${others.join(', ')}`
  if (link?.loopback)
    return [
      problem('device-is-loopback', `${device} is the loopback interface, where no client arrives`, {hint: choice}),
    ]
  if (!link) {
    const [near] = nearest(device, others)
    return [
      problem('interface-unknown', `no network interface ${shown(device)}`, {
        hint: near === undefined ? choice : `Did you mean ${near}? ${choice}`,
      }),
    ]
  }
  return link.up ? [] : [warning('interface-down', `${device} is down`, {hint: `ip link set ${device} up`})]
}

function judgeGateway(gateway: Answers['gateway'], {answers, facts}: Situation): readonly Problem[] {
  const {servers = [], role} = answers
  const other = servers.find(({address}) => familyOf(address) !== familyOf(gateway))
  if (other) return [problem('gateway-family', `${gateway} is of another address family than ${other.address}`)]
  if (servers.some(({address}) => address === gateway))
    return [problem('gateway-is-server', `${gateway} is a real server, and the gateway is the director`)]
  if (role === 'director' && !isOwn(gateway, facts))
    return [
      problem('gateway-not-here', `${gateway} is no address of this host, and replies have to come through it`, {
        hint: `It has ${interfaceLines(facts, gateway).join(', ')}`,
      }),
    ]
  if (role === 'real-server' && !addressBeside(gateway, facts))
    return [
      problem('gateway-off-link', `${gateway} is in no network of this host`, {
        hint: `It has ${interfaceLines(facts, gateway).join(', ')}`,
      }),
    ]
  return []
}

function judgeKeep(keep: Keep, {answers: {role}, facts}: Situation): readonly Problem[] {
  if (keep.by === 'boot' && !facts.systemd)
    return [
      problem(
        'no-systemd',
        'nothing brings it back at boot: systemd does not run here, or this is another network namespace',
        {
          hint: 'Answer no, or a file',
        },
      ),
    ]
  if (keep.by === 'file' && role === 'real-server')
    return [
      problem('keep-file', 'a file holds the table of a director, and a real server has none', {hint: 'boot or no'}),
    ]
  return []
}
