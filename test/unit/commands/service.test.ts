// service add, edit, delete, zero: what is typed, what is said, what the table is afterwards.

import {describe, expect, test} from 'vitest'
import {lvsctl, type Machine, machine, machineAfter, rules} from '../../support/run-command.ts'

describe('add', () => {
  test.each([
    ['-t 192.0.2.1:80', 'added tcp://192.0.2.1:80 (wlc)', '-A -t 192.0.2.1:80 -s wlc'],
    ['-t 192.0.2.1:http -s rr', 'added tcp://192.0.2.1:80 (rr)', '-A -t 192.0.2.1:80 -s rr'],
    ['tcp://192.0.2.1:80 -s rr', 'added tcp://192.0.2.1:80 (rr)', '-A -t 192.0.2.1:80 -s rr'],
    ['-u 192.0.2.1:53 -s rr -o', 'added udp://192.0.2.1:53 (rr, one-packet)', '-A -u 192.0.2.1:53 -s rr -o'],
    ['--sctp-service 192.0.2.1:3868', 'added sctp://192.0.2.1:3868 (wlc)', '-A --sctp-service 192.0.2.1:3868 -s wlc'],
    ['-t [2001:db8::1]:80 -s fo', 'added tcp://[2001:db8::1]:80 (fo)', '-A -t [2001:db8::1]:80 -s fo'],
    ['-f 7 -s rr', 'added fwmark://7 (rr)', '-A -f 7 -s rr'],
    ['-f 4294967295 -6', 'added fwmark6://4294967295 (wlc)', '-A -f 4294967295 -6 -s wlc'],
    ['-t 192.0.2.1:80 -p', 'added tcp://192.0.2.1:80 (wlc, persistent 360 s)', '-A -t 192.0.2.1:80 -s wlc -p 360'],
    ['-t 192.0.2.1:80 -p -s rr', 'added tcp://192.0.2.1:80 (rr, persistent 360 s)', '-A -t 192.0.2.1:80 -s rr -p 360'],
    [
      '-t 192.0.2.1:80 -p300 -M 255.255.255.0',
      'added tcp://192.0.2.1:80 (wlc, persistent 300 s, /24)',
      '-A -t 192.0.2.1:80 -s wlc -p 300 -M 255.255.255.0',
    ],
    [
      '-t [2001:db8::1]:80 -p 60 -M 64',
      'added tcp://[2001:db8::1]:80 (wlc, persistent 60 s, /64)',
      '-A -t [2001:db8::1]:80 -s wlc -p 60 -M 64',
    ],
    [
      '-t 192.0.2.1:80 -s sh -b sh-port,sh-fallback',
      'added tcp://192.0.2.1:80 (sh, sh-fallback, sh-port)',
      '-A -t 192.0.2.1:80 -s sh -b sh-fallback,sh-port',
    ],
    [
      '-u 192.0.2.1:5060 -p 60 --pe sip',
      'added udp://192.0.2.1:5060 (wlc, persistent 60 s, engine sip)',
      '-A -u 192.0.2.1:5060 -s wlc -p 60 --pe sip',
    ],
    ['-t 192.0.2.1 -p', 'added tcp://192.0.2.1:0 (wlc, persistent 360 s)', '-A -t 192.0.2.1:0 -s wlc -p 360'],
    [
      '--tcp-service=192.0.2.1:80 --scheduler wrr --persistent --netmask 255.255.0.0',
      'added tcp://192.0.2.1:80 (wrr, persistent 360 s, /16)',
      '-A -t 192.0.2.1:80 -s wrr -p 360 -M 255.255.0.0',
    ],
  ])('%s', async (options, sentence, rule) => {
    const on = machine()
    expect(await lvsctl(`service add ${options}`, on)).toEqual({stdout: `${sentence}\n`, stderr: '', exit: 0})
    expect(rules(on)).toEqual([rule])
  })

  test('what exists is left alone, with what differs and how to change it', async () => {
    const on = await machineAfter('service add -t 192.0.2.1:80 -s rr -p 300')
    const before = rules(on)
    expect(await lvsctl('service add -t 192.0.2.1:80 -s wrr -M 255.255.255.0', on)).toEqual({
      stdout: '',
      stderr: `✗ tcp://192.0.2.1:80 already exists (rr, persistent 300 s)
  Asked for would be: scheduler rr → wrr, persistent 300 s → off, mask /32 → /24
  To change it: lvsctl service edit -t 192.0.2.1:80 -s wrr --no-persistent -M 255.255.255.0
`,
      exit: 4,
    })
    expect(await lvsctl('service add -t 192.0.2.1:80 -s rr -p 300', on)).toEqual({
      stdout: '',
      stderr: `✗ tcp://192.0.2.1:80 already exists (rr, persistent 300 s)
  It is set as asked: nothing is to be done
`,
      exit: 4,
    })
    expect(rules(on)).toEqual(before)
  })

  test('a warning is no reason to stop', async () => {
    expect(await lvsctl('service add -t 192.0.2.1:80 -M 255.255.255.0')).toEqual({
      stdout: 'added tcp://192.0.2.1:80 (wlc, /24)\n',
      stderr: `! -M: the mask groups the clients of a persistent service, and this one is not
  Add -p, or leave -M out
`,
      exit: 0,
    })
  })
})

describe('edit changes only what is given', () => {
  const full = 'service add -t 192.0.2.1:80 -s sh -b sh-port -p 300 -M 255.255.255.0'
  const settings = '-A -t 192.0.2.1:80 -s sh -p 300 -M 255.255.255.0 -b sh-port'
  test.each([
    ['-p 200', 'persistent 300 → 200 s', settings.replace('300', '200')],
    [
      '-s wlc',
      'scheduler sh → wlc, scheduler flags sh-port → none (wlc has no such flags)',
      '-A -t 192.0.2.1:80 -s wlc -p 300 -M 255.255.255.0',
    ],
    // The same bit with the same meaning under another name.
    ['-s mh', 'scheduler sh → mh', '-A -t 192.0.2.1:80 -s mh -p 300 -M 255.255.255.0 -b mh-port'],
    ['-b sh-fallback', 'scheduler flags sh-port → sh-fallback', settings.replace('sh-port', 'sh-fallback')],
    ['-b none', 'scheduler flags sh-port → none', settings.replace(' -b sh-port', '')],
    ['--no-netmask', 'mask /24 → /32', settings.replace(' -M 255.255.255.0', '')],
    ['-M 255.255.0.0 -s sh', 'mask /24 → /16', settings.replace('255.255.255.0', '255.255.0.0')],
    [
      '--no-persistent',
      'persistent 300 s → off, mask /24 → /32 (means nothing without persistence)',
      '-A -t 192.0.2.1:80 -s sh -b sh-port',
    ],
  ])('%s', async (options, changes, rule) => {
    const on = await machineAfter(full)
    expect(await lvsctl(`service edit -t 192.0.2.1:80 ${options}`, on)).toEqual({
      stdout: `changed tcp://192.0.2.1:80: ${changes}\n`,
      stderr: '',
      exit: 0,
    })
    expect(rules(on)).toEqual([rule])
  })

  test('one-packet scheduling and engines come and go', async () => {
    const on = await machineAfter('service add -u 192.0.2.1:5060 -o')
    expect((await lvsctl('service edit -u 192.0.2.1:5060 --no-ops -p 60 --pe sip', on)).stdout).toBe(
      'changed udp://192.0.2.1:5060: persistent off → 60 s, persistence engine none → sip, one-packet on → off\n',
    )
    expect(rules(on)).toEqual(['-A -u 192.0.2.1:5060 -s wlc -p 60 --pe sip'])
    expect((await lvsctl('service edit -u 192.0.2.1:5060 --no-pe', on)).exit).toBe(0)
    expect(rules(on)).toEqual(['-A -u 192.0.2.1:5060 -s wlc -p 60'])
  })

  test('what is so already is left', async () => {
    const on = await machineAfter(full)
    expect(await lvsctl('service edit -t 192.0.2.1:80 -s sh -p 300', on)).toEqual({
      stdout: 'left tcp://192.0.2.1:80 as it is\n',
      stderr: '',
      exit: 0,
    })
    expect(rules(on)).toEqual([settings])
  })

  test('nothing given is a mistake', async () => {
    const on = await machineAfter(full)
    expect(await lvsctl('service edit -t 192.0.2.1:80', on)).toEqual({
      stdout: '',
      stderr: `✗ nothing to change: no setting is given
  What there is to change: lvsctl service edit --help
`,
      exit: 2,
    })
  })
})

describe('delete', () => {
  test('says what goes with it', async () => {
    const on = await machineAfter(
      'service add -t 192.0.2.1:80',
      'server add -t 192.0.2.1:80 -r 10.0.0.1',
      'server add -t 192.0.2.1:80 -r 10.0.0.2',
    )
    const [entry] = on.ipvs.table()
    for (const {server} of entry?.servers ?? [])
      on.ipvs.setFigures({connections: {active: 4}}, (entry as NonNullable<typeof entry>).service.key, server)
    expect(await lvsctl('service delete -t 192.0.2.1:80 --dry-run', on)).toEqual({
      stdout: `would delete tcp://192.0.2.1:80 and its 2 servers (8 active connections cut)
  ipvsadm -D -t 192.0.2.1:80
nothing was changed (dry run)
`,
      stderr: '',
      exit: 0,
    })
    expect(rules(on)).toHaveLength(3)
    expect(await lvsctl('service delete tcp://192.0.2.1:80', on)).toEqual({
      stdout: 'deleted tcp://192.0.2.1:80 and its 2 servers (8 active connections cut)\n',
      stderr: '',
      exit: 0,
    })
    expect(rules(on)).toEqual([])
  })

  test('of what is not there names the nearest', async () => {
    const on = await machineAfter('service add -t 192.0.2.1:80')
    expect(await lvsctl('service delete -t 192.0.2.1:90', on)).toEqual({
      stdout: '',
      stderr: `✗ no service tcp://192.0.2.1:90
  Nearest: tcp://192.0.2.1:80. All: lvsctl list
`,
      exit: 3,
    })
  })
})

test.each(['service edit -t 192.0.2.9:80 -s rr', 'service zero -t 192.0.2.9:80', 'service show -t 192.0.2.9:80'])(
  '%s of what is not there is no reason to create it',
  async (command) => {
    expect((await lvsctl(command, machine())).stderr).toBe('✗ no service tcp://192.0.2.9:80\n  The table is empty\n')
  },
)

describe('zero', () => {
  const counted = async () => {
    const on = await machineAfter('service add -t 192.0.2.1:80', 'service add -t 192.0.2.2:80')
    for (const {service} of on.ipvs.services()) on.ipvs.setFigures({statistics: {connections: 5n}}, service.key)
    return on
  }
  const connections = (on: Machine) => on.ipvs.services().map(({statistics}) => statistics.connections)

  test('one service', async () => {
    const on = await counted()
    expect(await lvsctl('service zero -t 192.0.2.1:80', on)).toEqual({
      stdout: 'zeroed the counters of tcp://192.0.2.1:80\n',
      stderr: '',
      exit: 0,
    })
    expect(connections(on)).toEqual([0n, 5n])
  })

  test('all of them', async () => {
    const on = await counted()
    expect((await lvsctl('service zero', on)).stdout).toBe('zeroed the counters of all services\n')
    expect(connections(on)).toEqual([0n, 0n])
  })

  test('one that is not there', async () => {
    expect((await lvsctl('service zero -t 192.0.2.3:80', await counted())).exit).toBe(3)
  })
})
