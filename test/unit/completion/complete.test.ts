// What could be typed next, on a machine with the example table. A line is the words after `lvsctl`; the last is being typed.

import {describe, expect, test} from 'vitest'
import {complete} from '../../../src/completion/complete.ts'
import {schedulers} from '../../../src/domain/schedulers.ts'
import {completions, definitions, exampleMachine, sourcesOf, withoutIpvs} from '../../support/completion.ts'

const services = [
  'tcp://192.168.1.200:443',
  'tcp://192.168.1.200:8080',
  'udp://192.168.1.200:53',
  'tcp://[2001:db8::1]:443',
  'fwmark://7',
]
const tcp = ['192.168.1.200:443', '192.168.1.200:8080', '[2001:db8::1]:443']

describe('words', () => {
  test.each<[string, readonly string[]]>([
    // Commands.
    ['serv', ['server', 'service']],
    ['service l', ['list']],
    ['serv l', []],
    ['nonsense ', []],
    ['help serv', ['server', 'service']],
    ['help service s', ['show']],
    ['help service show ', []],
    ['he', ['help']],
    ['help he', []],
    ['--', ['--help', '--version']],
    ['service --', ['--help']],
    // Services, by option and by word.
    ['service show ', services],
    ['service show tcp://[', ['tcp://[2001:db8::1]:443']],
    ['service show u', ['udp://192.168.1.200:53']],
    ['service show -t ', tcp],
    ['service show -t 192.168.1.200:8', ['192.168.1.200:8080']],
    ['service show -t192', ['-t192.168.1.200:443', '-t192.168.1.200:8080']],
    ['service show -u ', ['192.168.1.200:53']],
    ['service show --sctp-service ', []],
    ['service show --tcp-service=[', ['--tcp-service=[2001:db8::1]:443']],
    ['service show -f ', ['7']],
    ['service show -6 -f ', []],
    // Servers of the service that is on the line.
    ['server edit -t 192.168.1.200:8080 -r ', ['192.168.1.111:8080', '192.168.1.115:8080']],
    ['server edit tcp://192.168.1.200:443 ', ['192.168.1.111:443']],
    ['server edit tcp://192.168.1.200:443 -w 0 -r ', ['192.168.1.111:443']],
    ['server edit -t [2001:db8::1]:443 -r [', ['[2001:db8::9]:8443']],
    ['server edit -f 7 -r ', ['10.0.0.7:0']],
    ['server edit -t 192.0.2.99:80 -r ', []],
    ['server edit tcp://192.0.2.99:80 1', []],
    ['server edit -r 192', ['192.168.1.111:443', '192.168.1.111:8080', '192.168.1.115:8080']],
    // One that is to be added: what others have, of the same family, unless it is a tunnel.
    ['server add -t 192.168.1.200:443 -r ', ['192.168.1.115', '10.9.0.7', '10.0.0.7']],
    ['server add -t [2001:db8::1]:443 -r ', []],
    ['server add -i -t [2001:db8::1]:443 -r 192.168.1.115', ['192.168.1.115']],
    // A service that is to be added: addresses, with the port to come.
    ['service add -t ', ['192.168.1.200:', '[2001:db8::1]:', '192.168.1.201:', '192.168.1.114:', '[2001:db8:1::114]:']],
    ['service add udp://192.168.1.2', ['udp://192.168.1.200:', 'udp://192.168.1.201:']],
    ['service add -f ', []],
    // Settings.
    ['service add -s ', schedulers.map(({name}) => name)],
    ['service add -s lb', ['lblc', 'lblcr']],
    ['service add --scheduler=n', ['--scheduler=nq', '--scheduler=none']],
    ['service add -s mh -b ', ['mh-fallback', 'mh-port']],
    ['service add -s mh -b mh-port,', ['mh-port,mh-fallback']],
    ['service add -s mh --sched-flags=mh-port,mh-f', ['--sched-flags=mh-port,mh-fallback']],
    ['service add -b ', ['sh-fallback', 'sh-port', 'mh-fallback', 'mh-port']],
    ['service edit -t [2001:db8::1]:443 -b ', ['sh-fallback', 'sh-port']],
    ['server add --tun-type g', ['gue', 'gre']],
    ['server add -w ', []],
    ['list --sort in', ['inactive']],
    ['service edit -p 3', []],
    ['service edit -p tcp://192.168.1.200:4', ['tcp://192.168.1.200:443']],
    // Hosts.
    ['director setup --dev ', ['lo', 'eth0', 'eth1']],
    ['realserver setup --vip ', ['192.168.1.200', '2001:db8::1', '192.168.1.201']],
    ['realserver setup --vip 192.168.1.200,192.168', ['192.168.1.200,192.168.1.201']],
    ['list --netns ', ['blue', 'green']],
    ['lab shell --topology ', ['dr', 'nat', 'tun']],
    ['lab run ', ['files']],
    ['lab run x.sh ', ['files']],
    ['completion ', ['bash', 'zsh', 'fish']],
    // Options.
    ['service show --tcp', ['--tcp-service']],
    ['service show -t', ['-t']],
    ['service show -- ', services],
    ['service show -- -', []],
    [
      'server edit -t 192.168.1.200:443 --tun-',
      ['--tun-type', '--tun-port', '--tun-nocsum', '--tun-csum', '--tun-remcsum'],
    ],
    ['server edit --tun-csum --tun-', ['--tun-type', '--tun-port']],
    ['service edit -p 300 --no', ['--no-netmask', '--no-pe', '--no-ops']],
    ['list --st', ['--stats']],
    ['list --rate --st', []],
  ])('%s', async (line, expected) => expect(await completions(line)).toEqual(expected))
})

describe('options', () => {
  test('what is given is not offered again, nor what excludes it', async () => {
    const offered = await completions('service show -t 192.168.1.200:443 -')
    expect(offered).toEqual(expect.arrayContaining(['--json', '--netns', '--help']))
    expect(offered).not.toEqual(expect.arrayContaining(['-t']))
    for (const gone of ['-t', '-u', '-f', '-6', '--tcp-service', '--udp-service', '--ipv6'])
      expect(offered).not.toContain(gone)
  })

  test('a service as one word is a service given', async () => {
    expect(await completions('service delete tcp://192.168.1.200:443 --')).not.toContain('--tcp-service')
  })

  test('-6 is offered with a firewall mark only', async () => {
    expect(await completions('service add -')).not.toContain('-6')
    expect(await completions('service add -f 7 -')).toContain('-6')
  })

  test('one that may be given again is', async () => {
    expect(await completions('realserver setup --vip 192.0.2.1 --v')).toContain('--vip')
  })

  test('of every command come last', async () => {
    const offered = await completions('service add --')
    expect(offered.indexOf('--scheduler')).toBeLessThan(offered.indexOf('--json'))
  })

  test('come where there is no argument to be typed', async () => {
    const offered = await completions('list ')
    expect(offered).toContain('--stats')
    expect(offered).not.toContain('-t')
  })

  test('every one of every command can be completed', async () => {
    for (const {id, flags} of Object.values(definitions.commands)) {
      for (const {name, hidden} of Object.values(flags)) {
        if (hidden || name === 'ipv6') continue
        expect(await completions(`${id.replaceAll(':', ' ')} --${name.slice(0, 2)}`), `${id} --${name}`).toContain(
          `--${name}`,
        )
      }
    }
  })
})

describe('what is beside a word', () => {
  const about = async (line: string) => {
    const found = await complete(line.split(' '), sourcesOf(exampleMachine()))
    return found.kind === 'files' ? [] : found.candidates.map((one) => one.about)
  }
  test.each([
    ['service sh', ['Show one service with all its settings, figures and servers.']],
    ['servi', ['Virtual services: what clients connect to.']],
    ['service show tcp://192.168.1.200:8', ['wrr, 2 servers']],
    ['server edit -t 192.168.1.200:443 -r ', ['gatewaying, quiesced, 0 active']],
    ['service add -s none', ['takes no new connections: parks a service without deleting it']],
    ['director setup --dev eth', ['192.168.1.114/24, 2001:db8:1::114/64, fe80::1/64', 'down']],
    ['list --stat', ['Totals of connections, packets and bytes.']],
  ])('%s', async (line, expected) => expect(await about(line)).toEqual(expected))
})

describe('a machine that does not tell', () => {
  test('without IPVS there are no services, and nothing is loaded to find out', async () => {
    expect(await completions('service show tcp', withoutIpvs)).toEqual([])
    expect(await completions('service add -s ww', withoutIpvs)).toEqual([])
    expect(await completions('service add -s wr', withoutIpvs)).toEqual(['wrr'])
  })

  test('whose interfaces cannot be read', async () => {
    const broken = exampleMachine({
      host: async () => {
        throw new Error('no netlink')
      },
    })
    expect(await completions('director setup --dev ', broken)).toEqual([])
    expect(await completions('realserver setup --vip ', broken)).toEqual(['192.168.1.200', '2001:db8::1'])
  })

  test('whose table cannot be read', async () => {
    const broken = exampleMachine({
      readFile: () => {
        throw new Error('EIO')
      },
    })
    expect(await completions('service show tcp', broken)).toEqual([])
  })
})

describe('--netns', () => {
  test('is entered before anything is read there', async () => {
    const order: string[] = []
    const {readFile} = exampleMachine()
    const machine = exampleMachine({
      enterNamespace: async (name) => void order.push(name),
      readFile: (path, most) => {
        order.push('read')
        return readFile(path, most)
      },
    })
    expect(await completions('service show --netns blue udp', machine)).toEqual(['udp://192.168.1.200:53'])
    expect([...new Set(order)]).toEqual(['blue', 'read'])
  })

  test('one that cannot be entered has nothing to offer, rather than what is here', async () => {
    expect(await completions('service show --netns red udp')).toEqual([])
    expect(await completions('service add --netns red -s wr')).toEqual(['wrr'])
  })

  test('is not entered for words that are the same everywhere', async () => {
    const entered: string[] = []
    const machine = exampleMachine({enterNamespace: async (name) => void entered.push(name)})
    await completions('service add --netns blue -s w', machine)
    expect(entered).toEqual([])
  })
})

describe("ipvsadm's own words", () => {
  test.each<[string, readonly string[]]>([
    ['ipvsadm --add-s', ['--add-service', '--add-server']],
    ['ipvsadm -A -t', ['-t']],
    ['ipvsadm -t 1 -', []],
    ['ipvsadm -A -t ', ['192.168.1.200:', '[2001:db8::1]:', '192.168.1.201:', '192.168.1.114:', '[2001:db8:1::114]:']],
    ['ipvsadm -D -t ', tcp],
    ['ipvsadm -D -t 192.168.1.200:44', ['192.168.1.200:443']],
    ['ipvsadm -At 192.0.2.1:80 -s lc', ['lc']],
    ['ipvsadm -at 192.168.1.200:443 -r ', ['192.168.1.115', '10.9.0.7', '10.0.0.7']],
    ['ipvsadm -et 192.168.1.200:443 -r ', ['192.168.1.111:443']],
    ['ipvsadm -D -t 192.168.1.200:443 --udp', []],
    ['ipvsadm --start-daemon m', ['master']],
    ['ipvsadm --start-daemon master --mcast-interface eth', ['eth0', 'eth1']],
    ['ipvsadm -L --per', ['--persistent', '--persistent-conn']],
  ])('%s', async (line, expected) => expect(await completions(line)).toEqual(expected))
})
