// --watch in real terminals (tmux inside the guest), in pipes, and through another namespace: what is seen, that it follows
// the table, and that the terminal is left as it was found however the watching ends.

import {beforeEach, describe, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {useLab} from '../support/lab.ts'
import {useTerminal} from '../support/terminal.ts'

const lab = useLab(dr)
const service = '-t 192.168.1.200:8080'
const id = 'tcp://192.168.1.200:8080'

const director = (...commands: readonly string[]) => lab.on('director', `set -e\n${commands.join('\n')}`)

beforeEach(() =>
  director(
    'ipvsadm -C',
    `ipvsadm -A ${service} -s wrr`,
    `ipvsadm -a ${service} -r 192.168.1.111 -g -w 3`,
    `ipvsadm -a ${service} -r 192.168.1.115 -g -w 1`,
  ),
)

describe('in a terminal', () => {
  const {tmux, screen, keys, type: run, shows} = useTerminal(lab, 'director', {columns: 100, rows: 24})
  const modes = async (): Promise<string> =>
    (await tmux('display-message -p "#{alternate_on} #{cursor_flag} #{wrap_flag}"')).trim()

  const untouched = '0 1 1'

  /** It ended: the shell is back with what was there before, and nothing of what was watched. */
  async function isLeft(exit: number): Promise<void> {
    await shows(/ready:\s*$/)
    await run('echo exit=$?')
    const after = await shows(/exit=\d/)
    expect(after).toContain(`exit=${exit}`)
    expect(after).not.toContain('every ')
    expect(await modes()).toBe(untouched)
  }

  test('the table in place, following what changes, until Ctrl-C', async () => {
    await run('lvsctl list --watch 1')
    const first = await shows(/2 servers/)
    expect(first).toMatch(/^every 1 s, \d\d:\d\d:\d\d, q ends\n\n/)
    expect(first.split('\n').slice(2)).toEqual([
      `${id}  wrr                   active 0  inactive 0`,
      '  192.168.1.111:8080      gatewaying  weight 3  active 0  inactive 0',
      '  192.168.1.115:8080      gatewaying  weight 1  active 0  inactive 0',
      '',
      '1 service, 2 servers',
    ])
    expect(await modes()).toBe('1 0 0')

    await director(`ipvsadm -e ${service} -r 192.168.1.115 -g -w 7`)
    expect(await shows(/weight 7/)).toContain('weight 3')
    await director(`ipvsadm -d ${service} -r 192.168.1.115`)
    expect(await shows(/1 server\b/)).not.toContain('192.168.1.115')

    await keys('C-c')
    await isLeft(130)
  })

  test('q ends it, and what is typed is not seen', async () => {
    await run(`lvsctl server list ${service} --watch 600`)
    const before = await shows(/weight 1/)
    await keys('abc Enter Enter')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await screen()).toBe(before)
    await keys('q')
    await isLeft(0)
  })

  test('what changed stands out until the next view', async () => {
    await run('lvsctl list --watch 3')
    await shows(/2 servers/)
    await director(`ipvsadm -e ${service} -r 192.168.1.115 -g -w 7`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bold as the terminal has it
    const bold = /\x1b\[1m(?:\x1b\[\d+m)*weight 7\x1b\[0m/
    expect(await shows(/weight 7/, '-e')).toMatch(bold)
    const before = await screen()
    while ((await screen()) === before) await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await screen('-e')).not.toMatch(bold)
    await keys('C-c')
    await isLeft(130)
  })

  test('another size is another table, at once; what does not fit is said not to', async () => {
    await director(
      'for n in $(seq 1 40); do ipvsadm -A -t 10.1.0.$n:80 -s rr; ipvsadm -a -t 10.1.0.$n:80 -r 2001:db8:1234:5678:9abc:def0:1234:$n -i; done',
    )
    // Only a change of size makes it draw again in this time.
    await run('lvsctl list --watch 600')
    const lines = (await shows(/and more/)).split('\n')
    expect(lines).toHaveLength(24)
    expect(lines.at(-1)).toBe('… and more: choose with --service or --server, or make the window larger')
    await tmux('resize-window -x 60 -y 12')
    const narrow = (await shows(/^ {2}\[2001:[^ ]*\]:80$/m)).split('\n')
    expect(narrow).toHaveLength(12)
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(60)
    await tmux('resize-window -x 130 -y 200')
    await shows(/41 services, 42 servers/)
    await keys('C-c')
    await isLeft(130)
  })

  test('Ctrl-Z gives the terminal back, fg takes it again', async () => {
    await run('lvsctl list --rate --watch 1')
    await shows(/conn\/s/)
    await keys('C-z')
    await shows(/Stopped/)
    expect(await modes()).toBe(untouched)
    await run('fg')
    await shows(/conn\/s/)
    expect(await modes()).toBe('1 0 0')
    await keys('C-c')
    await isLeft(130)
  })

  test.each([
    ['TERM', 143],
    ['HUP', 129],
  ])('SIG%s', async (signal, exit) => {
    await run('lvsctl service list --watch 1')
    await shows(/2 servers/)
    await director(`pkill -${signal} -f "^[^ ]*node .*service list --watch"`)
    await isLeft(exit)
  })

  test('an error ends it, and stands in the terminal that was there before', async () => {
    await director('mkdir -p /tmp/saved/net', 'cat /proc/net/ip_vs > /tmp/saved/net/ip_vs')
    await run('LVSCTL_PROC=/tmp/saved lvsctl list --watch 1')
    await shows(/2 servers/)
    await director('rm /tmp/saved/net/ip_vs')
    expect(await shows(/✗ no file \/tmp\/saved\/net\/ip_vs/)).not.toContain('every 1 s')
    await isLeft(3)
  })

  test('what is wrong from the start never takes the screen', async () => {
    await run('lvsctl list --service tcp://192.168.1.200:81 --watch 1')
    await shows(/✗ no service tcp:\/\/192\.168\.1\.200:81/)
    await isLeft(3)
  })

  test('a service that goes away is waited for', async () => {
    await run(`lvsctl server list ${service} --watch 1`)
    await shows(/weight 3/)
    await director('ipvsadm -C')
    await shows(/no services/)
    await director(`ipvsadm -A ${service} -s rr`, `ipvsadm -a ${service} -r 192.168.1.111 -w 9`)
    await shows(/weight 9/)
    await keys('C-c')
    await isLeft(130)
  })
})

describe('in a pipe', () => {
  /** So many lines of it. */
  const watched = async (command: string, lines: number, host: string | undefined = 'director') =>
    (await lab.on(host, `${command} | head -n ${lines}`, {exits: 'any'})).stdout

  test('a block for every view, an empty line between', async () => {
    const once = (await director('lvsctl list')).stdout
    expect(once.split('\n')).toHaveLength(4)
    expect(await watched('lvsctl list --watch 0.5', 11)).toBe([once, once, once].join('\n'))
  })

  test('one object a line', async () => {
    const lines = (await watched('lvsctl list --watch 0.5 --json --server 192.168.1.115', 4)).trimEnd().split('\n')
    const views = lines.map((line) => JSON.parse(line))
    expect(views).toHaveLength(4)
    for (const {services} of views) {
      expect(services).toMatchObject([{id, servers: [{id: '192.168.1.115:8080', weight: 1}]}])
      expect(services[0].servers).toHaveLength(1)
    }
    const times = views.map(({at}) => Date.parse(at))
    expect([...new Set(times)].sort((a, b) => a - b)).toEqual(times)
    expect((times[3] as number) - (times[0] as number)).toBeGreaterThan(900)
  })

  test('an error is one, too', async () => {
    await director('mkdir -p /tmp/saved2/net', 'cat /proc/net/ip_vs > /tmp/saved2/net/ip_vs')
    const script = '(sleep 2; rm /tmp/saved2/net/ip_vs) & LVSCTL_PROC=/tmp/saved2 lvsctl list --json --watch 0.5'
    const {stdout, stderr, code} = await lab.on('director', script, {exits: 3})
    expect({stderr, code}).toEqual({stderr: '', code: 3})
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.at(-1)).toMatchObject({error: {code: 'proc-missing', exit: 3}})
    expect(lines.slice(0, -1).every(({services}) => services.length === 1)).toBe(true)
  })

  test('a reader that has seen enough ends it', async () => {
    const script = `timeout 20 lvsctl list --watch 0.2 | head -n 8; echo "\${PIPESTATUS[*]}" >&2`
    const {stdout, stderr} = await lab.on('director', 'exec bash -s', {input: script})
    expect(stdout.split('\n')).toHaveLength(9)
    expect(stderr).toBe('0 0\n')
  })

  test('through another namespace', async () => {
    const once = (await director('lvsctl list')).stdout
    expect(await watched('lvsctl list --netns director --watch 0.5', 7, undefined)).toBe([once, once].join('\n'))
  })

  test('with one socket, however long', async () => {
    const script = `LVSCTL_TRACE=netlink timeout 6 lvsctl list --stats --watch 0.3 2>&1 >/dev/null`
    const {stdout} = await lab.on('director', script, {exits: 124})
    expect(stdout.match(/GETFAMILY/g)).toHaveLength(1)
    expect(stdout.match(/→ IPVS GET_SERVICE/g)?.length).toBeGreaterThan(3)
  })
})
