// Whole starts of ipvsadm over the twin: what order things happen in, what a restore does with bad lines, who needs the
// kernel.

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Address} from '../../../src/domain/address.ts'
import {LvsctlError} from '../../../src/domain/problem.ts'
import {configurationOf} from '../../../src/domain/table.ts'
import type {IpvsClient} from '../../../src/ipvs/client.ts'
import {type MemoryClient, memoryClient} from '../../../src/ipvs/memory-client.ts'
import {runIpvsadm, type World} from '../../../src/ipvsadm/run.ts'
import {runRestore, runSave} from '../../../src/ipvsadm/wrappers.ts'
import type {Operation} from '../../../src/plan/operation.ts'
import {configuredService} from '../../support/arbitrary-domain.ts'

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface Given {
  readonly client?: () => IpvsClient
  readonly stdin?: string | Iterable<string>
  readonly connections?: Iterable<string> | undefined
  readonly looked?: string[]
}

function worldOf(
  {client = () => memoryClient(), stdin = '', connections, looked = []}: Given,
  said: string[][],
): World {
  const note = <Value>(what: string, value: Value): Promise<Value> => {
    looked.push(what)
    return Promise.resolve(value)
  }
  return {
    client,
    out: (text) => said[0]?.push(text),
    err: (text) => said[1]?.push(text),
    stdin: () => stdin,
    readFile: () => undefined,
    connections: () => connections,
    names: {
      addressOf: (host) => note(host, host === 'vip.example' ? ('192.0.2.9' as Address) : undefined),
      hostOf: (address) => note(address, address === '192.0.2.9' ? 'vip.example' : undefined),
      portOf: (service) => note(service, service === 'http' ? 80 : undefined),
      serviceOf: (port) => note(`${port}`, port === 80 ? 'http' : undefined),
    },
  }
}

async function run(line: string, given: Given = {}, program = runIpvsadm): Promise<Run> {
  const said: [string[], string[]] = [[], []]
  const code = await program(line === '' ? [] : line.split(' '), worldOf(given, said))
  return {code, out: said[0].join(''), err: said[1].join('')}
}

const on = (client: MemoryClient): Given => ({client: () => client})

const failing = (details: Partial<ConstructorParameters<typeof LvsctlError>[0]>) => (): IpvsClient => {
  throw new LvsctlError({failure: 'unexpected', code: 'x', message: 'x', ...details})
}

const sure = 'Are you sure that IP Virtual Server is built in the kernel or as module?\n'

describe('the kernel', () => {
  const absent = failing({failure: 'unsupported', code: 'ipvs-unavailable'})
  const forbidden = (): IpvsClient => memoryClient({privileged: false})

  test.each(['-h', '-v', '-hx', '--help foo'])('%s needs none', async (line) => {
    expect(await run(line, {client: absent})).toMatchObject({code: 0, err: ''})
  })

  test.each(['-Ln', '', '--bogus', '-A -t bad', '-R'])('"%s" asks it before anything else', async (line) => {
    const protocol = `Can't initialize ipvs: Protocol not available\n${sure}`
    expect(await run(line, {client: absent})).toEqual({code: 2, out: '', err: protocol})
    const permission = `Can't initialize ipvs: Permission denied (you must be root)\n${sure}`
    expect(await run(line, {client: forbidden})).toEqual({code: 2, out: '', err: permission})
  })

  test.each<[string, string]>([
    ['-A -t 192.0.2.1:80', 'Service already exists'],
    ['-A -t 192.0.2.2:80 -s nosuch', 'Scheduler or persistence engine not found'],
    ['-E -t 192.0.2.1:80 --pe nosuch', 'Scheduler or persistence engine not found'],
    ['-E -t 192.0.2.2:80', 'No such service'],
    ['-D -t 192.0.2.2:80', 'No such service'],
    ['-Z -t 192.0.2.2:80', 'No such service'],
    ['-a -t 192.0.2.2:80 -r 10.0.0.1', 'Service not defined'],
    ['-a -t 192.0.2.1:80 -r 10.0.0.1', 'Destination already exists'],
    ['-e -t 192.0.2.1:80 -r 10.0.0.2', 'No such destination'],
    ['-d -t 192.0.2.1:80 -r 10.0.0.2', 'No such destination'],
    ['-a -t 192.0.2.1:80 -r 10.0.0.2 -y 5', 'Numerical result out of range'],
    ['-a -t 192.0.2.1:80 -r 224.0.0.1', 'Invalid operation.  Possibly wrong module version, address not unicast, ...'],
    ['--start-daemon master --mcast-interface nosuch', 'No such device'],
    ['--stop-daemon master', 'No daemon is running'],
  ])('%s: %s', async (line, text) => {
    const client = memoryClient()
    await run('-A -t 192.0.2.1:80', on(client))
    await run('-a -t 192.0.2.1:80 -r 10.0.0.1', on(client))
    expect(await run(line, on(client))).toEqual({code: 255, out: '', err: `${text}\n`})
  })

  test('a service that is not there is listed with exit code 1', async () => {
    expect(await run('-L -t 192.0.2.2:80')).toEqual({code: 1, out: '', err: 'No such service\n'})
  })
})

describe('-R', () => {
  const restored = async (stdin: string | Iterable<string>): Promise<Run & {rules: string}> => {
    const client = memoryClient()
    const result = await run('-R', {...on(client), stdin})
    return {...result, rules: (await run('-Sn', on(client))).out}
  }
  const [one, two] = ['-A -t 192.0.2.1:80 -s wlc\n', '-A -t 192.0.2.2:80 -s wlc\n']

  test.each<[string, string, number, string, string]>([
    ['what the kernel refuses does not end it', `${one}${one}${two}`, 0, 'Service already exists\n', `${one}${two}`],
    ['the last line says how it ended', `${one}${one}`, 255, 'Service already exists\n', one],
    ['nor what popt refuses', `-A --bogus\n-A -t\n${two}`, 0, '--bogus: unknown option\n-t: missing argument\n', two],
    [
      'what ipvsadm refuses does',
      `${one}-A -t bad\n${two}`,
      2,
      'illegal virtual server address[:port] specified\n',
      one,
    ],
    [
      'complaints come in order',
      `${one}${one}-A --bogus\n-D -t 192.0.2.3:80\n# x\n`,
      255,
      "Service already exists\n--bogus: unknown option\nNo such service\nTry `ipvsadm -h' or 'ipvsadm --help' for more information.\n",
      one,
    ],
    ['a restore within ends it', `-R\n${one}`, 255, "Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n", ''],
    ['so does a listing of nothing', `-L -t 192.0.2.9:80\n${one}`, 1, 'No such service\n', ''],
    ['blank lines are none', `\n \t\r\n${one}`, 0, '', one],
    ['nothing is nothing', '', 0, '', ''],
    ['a line sees what those before it did', `${one}-D -t 192.0.2.1:80\n${two}-C\n${one}`, 0, '', one],
  ])('%s', async (_what, stdin, code, err, rules) => {
    expect(await restored(stdin)).toEqual({code, out: '', err, rules})
  })

  test('a version ends it well', async () => {
    expect(await restored(`${one}-v\n${two}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('v1.31'),
      rules: one,
    })
  })

  test('in pieces, cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(120), {maxLength: 8}), async (cuts) => {
        const text = `${one}${two}-a -t 192.0.2.2:80 -r 10.0.0.1\n-D -t 192.0.2.1:80`
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length]
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end))
        expect((await restored(pieces)).rules).toBe(`${two}-a -t 192.0.2.2:80 -r 10.0.0.1:80 -g -w 1\n`)
      }),
    )
  })

  test('changes in a row are one batch for each piece that was read', async () => {
    const client = memoryClient()
    const batches: number[] = []
    const execute = (operations: readonly Operation[]) => {
      batches.push(operations.length)
      return MemoryExecute.call(client, operations)
    }
    const MemoryExecute = client.execute
    const watched = Object.assign(Object.create(client), {execute}) as IpvsClient
    await run('-R', {client: () => watched, stdin: [`${one}${two}`, `-C\n${one}`]})
    expect(batches).toEqual([2, 1, 1])
  })
})

describe('names', () => {
  test('are looked up once, in arguments and listings', async () => {
    const client = memoryClient()
    const looked: string[] = []
    const stdin = '-A -t vip.example:http\n-a -t vip.example:http -r 192.0.2.7 -m\n-L\n'
    expect(await run('-R', {...on(client), stdin, looked})).toEqual({
      code: 0,
      err: '',
      out: `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
${'TCP  vip.example:http wlc'}
${'  -> 192.0.2.7:http               Masq    1      0          0         '}
`,
    })
    expect(looked).toEqual(['vip.example', 'http', '192.0.2.9', '80', '192.0.2.7'])
  })

  test('are not asked for with -n', async () => {
    const looked: string[] = []
    const client = memoryClient()
    await run('-A -t 192.0.2.9:80', on(client))
    await run('-Ln', {...on(client), looked})
    expect(looked).toEqual([])
  })
})

describe('connections', () => {
  const titles = 'IPVS connection entries\npro expire state       source             virtual            destination\n'
  const head = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n'
  const row = 'TCP 0A020001 B454 C0000209 0050 0A010005 22B8 CLOSE             5\n'

  test.each<[string, Iterable<string> | undefined, Run]>([
    ['no file', undefined, {code: 1, out: '', err: 'cannot open file /proc/net/ip_vs_conn\n'}],
    ['an empty file', [], {code: 1, out: '', err: 'unexpected input from /proc/net/ip_vs_conn\n'}],
    ['a head', [head], {code: 0, out: titles, err: ''}],
    [
      'rows in pieces',
      [head.slice(0, 9), head.slice(9) + row.slice(0, 20), row.slice(20)],
      {code: 0, out: `${titles}TCP 00:05  CLOSE       10.2.0.1:46164     vip.example:http   10.1.0.5:8888\n`, err: ''},
    ],
  ])('%s', async (_what, connections, expected) => {
    expect(await run('-Lc', {connections})).toEqual(expected)
  })
})

describe('wrappers', () => {
  const client = (): MemoryClient => memoryClient()

  test('ipvsadm-save takes -n, passes words over, and helps', async () => {
    const table = client()
    await run('-A -t 192.0.2.9:80', on(table))
    expect((await run('', on(table), runSave)).out).toBe('-A -t vip.example:http -s wlc\n')
    expect((await run('foo -n', on(table), runSave)).out).toBe('-A -t 192.0.2.9:80 -s wlc\n')
    expect(await run('-n --help', on(table), runSave)).toEqual({
      code: 1,
      out: '',
      err: `ipvsadm-save: Script to save the IPVS table to stdout.
   With the -n option, prints out the table in numeric format.
`,
    })
  })

  test('ipvsadm-restore clears, passes comments over, and ends as the last rule did', async () => {
    const table = client()
    await run('-A -t 192.0.2.9:80', on(table))
    const stdin = '# a comment\n-A -t 192.0.2.1:80\n-A -t 192.0.2.1:80\n'
    expect(await run('', {...on(table), stdin}, runRestore)).toEqual({
      code: 255,
      out: '',
      err: 'Service already exists\n',
    })
    expect((await run('-Sn', on(table))).out).toBe('-A -t 192.0.2.1:80 -s wlc\n')
  })
})

test('what is saved is restored: all but thresholds, and a mask that groups nobody', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(configuredService, {maxLength: 6, selector: ({service}) => JSON.stringify(service.key)}),
      async (table) => {
        const [first, second] = [memoryClient(), memoryClient()]
        first.execute(
          table.flatMap(({service, servers}): Operation[] => [
            {do: 'add-service', service},
            ...servers.map((server) => ({do: 'add-server', service: service.key, server}) as const),
          ]),
        )
        const saved = await run('-Sn', on(first))
        expect(await run('-R', {...on(second), stdin: saved.out})).toEqual({code: 0, out: '', err: ''})
        const without = (client: MemoryClient) =>
          configurationOf(client.table()).map(({service, servers}) => ({
            service,
            servers: servers.map((server) => ({...server, upperThreshold: 0, lowerThreshold: 0})),
          }))
        expect(without(second)).toEqual(without(first))
      },
    ),
  )
})
