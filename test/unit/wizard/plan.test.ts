// The commands, the picture, and what is said of the other hosts.

import {describe, expect, test} from 'vitest'
import type {Texts} from '../../../src/wizard/answers.ts'
import {type Facts, observe} from '../../../src/wizard/facts.ts'
import {resolve, withProposals} from '../../../src/wizard/flow.ts'
import {picture} from '../../../src/wizard/picture.ts'
import {type Complete, isComplete, planOf} from '../../../src/wizard/plan.ts'
import {commandLine, otherLines, planLines, repeatLine} from '../../../src/wizard/report.ts'
import {bootHost} from '../../support/boot-host.ts'
import {factsOf, flat, twoArms} from '../../support/wizard.ts'

const dr = {
  service: '192.168.1.200:80',
  servers: '192.168.1.111, 192.168.1.115 3',
  method: 'dr',
  role: 'director',
}
const nat = {service: '192.168.1.200:80', servers: '10.0.0.111:8080', method: 'nat', role: 'director'}

function answersOf(texts: Texts, facts: Facts): Complete {
  const {answers, verdicts} = resolve(withProposals(texts, facts), facts)
  expect(verdicts.filter(({problem}) => problem.severity === 'error')).toEqual([])
  if (!isComplete(answers)) throw new Error('answers are missing')
  return answers
}

const planned = (texts: Texts, facts = flat) => planOf(answersOf(texts, facts), facts)
const here = (texts: Texts, facts = flat) => planned(texts, facts).here.map(({command}) => commandLine(command))
const elsewhere = (texts: Texts, facts = flat) =>
  planned(texts, facts).elsewhere.map(({addresses, commands}) => [
    addresses.join(' '),
    ...commands.map((one) => commandLine(one)),
  ])

describe('commands', () => {
  test('direct routing, on the director', () => {
    expect(here(dr)).toEqual([
      'lvsctl director setup --vip 192.168.1.200 --dev eth0',
      'lvsctl service add -t 192.168.1.200:80 -s wlc',
      'lvsctl server add -t 192.168.1.200:80 -r 192.168.1.111 -g -w 1',
      'lvsctl server add -t 192.168.1.200:80 -r 192.168.1.115 -g -w 3',
    ])
    expect(elsewhere(dr)).toEqual([['192.168.1.111 192.168.1.115', 'lvsctl realserver setup --vip 192.168.1.200']])
    expect(planned(dr).status).toEqual(['director', 'status'])
  })

  test('each has what takes it back, last first', () =>
    expect(planned(dr).here.map(({undo}) => undo && commandLine(undo))).toEqual([
      'lvsctl director teardown --vip 192.168.1.200 --dev eth0',
      'lvsctl service delete -t 192.168.1.200:80',
      'lvsctl server delete -t 192.168.1.200:80 -r 192.168.1.111',
      'lvsctl server delete -t 192.168.1.200:80 -r 192.168.1.115',
    ]))

  test('NAT with the director as gateway', () => {
    expect(here({...nat, persistence: '5m', keep: '/root/my rules'}, twoArms)).toEqual([
      'lvsctl director setup --vip 192.168.1.200 --dev eth0 --method nat',
      'lvsctl service add -t 192.168.1.200:80 -s wlc -p 300',
      'lvsctl server add -t 192.168.1.200:80 -r 10.0.0.111:8080 -m -w 1',
      "lvsctl save '/root/my rules'",
    ])
    expect(elsewhere(nat, twoArms)).toEqual([['10.0.0.111', 'lvsctl realserver setup --method nat --gateway 10.0.0.1']])
  })

  test('NAT with one arm: the real servers need nothing', () => {
    const oneArm = {...dr, method: 'nat'}
    expect(here(oneArm)[0]).toBe('lvsctl director setup --vip 192.168.1.200 --dev eth0 --method nat --masquerade')
    expect(elsewhere(oneArm)).toEqual([['192.168.1.111 192.168.1.115']])
    expect(otherLines(planned(oneArm), answersOf(oneArm, flat))).toContain(
      'on each real server, 192.168.1.111 and 192.168.1.115: nothing, but that it serves',
    )
  })

  test('tunnels, UDP and IPv6', () => {
    const six = factsOf('eth0 2001:db8:1::114/64')
    const texts = {service: 'udp://[2001:db8:1::200]:53', servers: '2001:db8:9::1', method: 'tun', role: 'director'}
    expect(here(texts, six).slice(0, 3)).toEqual([
      'lvsctl director setup --vip 2001:db8:1::200 --dev eth0 --method tun',
      "lvsctl service add -u '[2001:db8:1::200]:53' -s wlc",
      "lvsctl server add -u '[2001:db8:1::200]:53' -r 2001:db8:9::1 -i -w 1",
    ])
    expect(elsewhere(texts, six)[0]?.[1]).toBe(
      'lvsctl realserver setup --vip 2001:db8:1::200 --method tun --mtu-cure director',
    )
    expect(elsewhere({...texts, cure: 'path'}, six)[0]?.[1]).toContain('--mtu-cure path')
  })

  test('what is to be there after a boot', () => {
    const facts = {...flat, systemd: observe(bootHost(), () => undefined).systemd}
    expect(here(dr, facts)).toEqual([
      'lvsctl director setup --vip 192.168.1.200 --dev eth0 --persist',
      ...here(dr).slice(1),
      'lvsctl save --boot',
    ])
    expect(elsewhere(dr, facts)[0]?.[1]).toBe('lvsctl realserver setup --vip 192.168.1.200 --persist')
    expect(planned(dr, facts).elsewhere[0]?.script).toEqual(['realserver', 'script', '--vip', '192.168.1.200'])
  })

  test('on a real server: itself here, the director and the others elsewhere', () => {
    const rs1 = factsOf('eth0 192.168.1.111/24')
    const texts = {...dr, role: 'real-server'}
    expect(here(texts, rs1)).toEqual(['lvsctl realserver setup --vip 192.168.1.200'])
    expect(elsewhere(texts, rs1)).toEqual([
      ['', 'lvsctl director setup --vip 192.168.1.200 --dev INTERFACE', ...here(dr).slice(1)],
      ['192.168.1.115', 'lvsctl realserver setup --vip 192.168.1.200'],
    ])
  })

  test('on another host: everything elsewhere', () => {
    expect(here({...dr, role: 'other'})).toEqual([])
    expect(elsewhere({...dr, role: 'other'}).map(([addresses]) => addresses)).toEqual([
      '',
      '192.168.1.111 192.168.1.115',
    ])
  })

  test('where replies pass by, somebody else who answers for the VIP is looked for', () => {
    const said = (texts: Texts, facts: Facts) => otherLines(planned(texts, facts), answersOf(texts, facts), 'blue')
    expect(said(dr, flat)).toContain('  lvsctl arp probe 192.168.1.200 --netns blue')
    expect(said(nat, twoArms).join()).not.toContain('arp probe')
    expect(said({...dr, role: 'other'}, flat).join()).not.toContain('arp probe')
  })

  test('in a network namespace', () =>
    expect(planLines(planned(dr), answersOf(dr, flat), 'blue')).toContain(
      '  lvsctl service add -t 192.168.1.200:80 -s wlc --netns blue',
    ))

  test('the answers as options give the same plan', () => {
    const answers = answersOf({...nat, persistence: '300'}, twoArms)
    expect(repeatLine(answers)).toBe(
      'lvsctl wizard --service tcp://192.168.1.200:80 --server 10.0.0.111:8080 --method nat --scheduler wlc --persistence 300 --role director --dev eth0 --masquerade no --gateway 10.0.0.1 --keep no --yes',
    )
  })
})

describe('the picture', () => {
  test('direct routing: replies pass the director by', () =>
    expect(picture(answersOf(dr, flat)).join('\n')).toBe(`  client ──── 1 ──▶ director 192.168.1.200:80
    ▲                  │
    │                  2
    │                  ▼
    └──── 3 ─────── real servers 192.168.1.111:80, 192.168.1.115:80

  1  a request to 192.168.1.200, which only the director answers ARP for
  2  the same packet, sent on to the MAC address of one real server
  3  the reply, from 192.168.1.200 (on lo there) straight to the client`))

  test('IPv6 neighbours are asked another way', () => {
    const texts = {...dr, service: '[2001:db8:1::200]:80', servers: '2001:db8:1::111'}
    const lines = picture(answersOf(texts, factsOf('eth0 2001:db8:1::114/64')))
    expect(lines).toContain('  1  a request to 2001:db8:1::200, which only the director answers neighbour')
    expect(lines.join()).not.toContain('ARP')
  })

  test('NAT: replies come back through it', () =>
    expect(picture(answersOf(nat, twoArms)).join('\n')).toBe(`  client ──── 1 ──▶ director 192.168.1.200:80
         ◀─── 4 ───    │    ▲
                       2    3
                       ▼    │
                    real servers 10.0.0.111:8080

  1  a request to 192.168.1.200
  2  the same, readdressed to one real server
  3  the reply, by way of the real server's gateway 10.0.0.1
  4  the reply, with 192.168.1.200 as its sender again`))

  test.each(['dr', 'nat', 'tun'])('%s: never wider than a terminal', (method) => {
    const wide = factsOf('eth0 2001:db8:1111:2222:3333:4444:5555:114/64')
    const vip = '2001:db8:1111:2222:3333:4444:5555:200'
    const servers = Array.from({length: 40}, (_, index) => `2001:db8:1111:2222:3333:4444:5555:${1000 + index}`)
    const texts = {service: `[${vip}]:8080`, servers: servers.join(','), method, role: 'director', masquerade: 'yes'}
    const widths = picture(answersOf(texts, wide)).map((line) => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(79)
  })
})
