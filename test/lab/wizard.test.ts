// The wizard as a person meets it: at a terminal, to a cluster that serves traffic; with second thoughts, wrong answers
// and Ctrl-C on the way. And without a person, from answers in a file.

import {dirname, join} from 'node:path'
import {afterEach, beforeAll, describe, expect, test, vi} from 'vitest'
import {dr, labVip, nat} from '../../src/lab/topologies.ts'
import {hostState} from '../support/host-state.ts'
import {savedRules} from '../support/ipvsadm.ts'
import {type Lab, useLab} from '../support/lab.ts'
import {ask} from '../support/requests.ts'
import {type Terminal, useTerminal} from '../support/terminal.ts'

const {ipv4: vip} = labVip

// A conversation is many starts of many programs.
vi.setConfig({testTimeout: 300_000})

/** What a host is, as far as the wizard could change it. The table first: asking for it brings the settings of IPVS. */
async function state(lab: Lab, host: string): Promise<readonly string[]> {
  const table = await savedRules(lab, host)
  return [...table, ...(await hostState(lab, host))]
}

/** Everything that was on the terminal. */
const all = '-J -S -'

/** Answers what is asked, each when it is asked: the question's last words, and what is typed. */
async function answer({type, shows}: Terminal, answers: readonly (readonly [RegExp, string])[]): Promise<void> {
  for (const [question, text] of answers) {
    await shows(new RegExp(`${question.source}\\s*$`))
    await type(text)
  }
}

const drAnswers = [
  [/VIP:PORT/, `${vip}:8080`],
  [/\[WEIGHT\]/, '192.168.1.111 3'],
  [/Enter: no more/, '192.168.1.115'],
  [/192\.168\.1\.115:8080 answers.*\n.*Enter: no more/, ''],
  [/dr, nat or tun \(dr\)/, ''],
  [/A scheduler \(wlc\)/, 'wrr'],
  [/Seconds, or no \(no\)/, ''],
  [/real-server or other \(director\)/, ''],
  [/clients arrive\? \(eth0\)/, ''],
  [/a file for the table \(no\)/, ''],
] as const

/** The same as options: only the yes is left to ask for. */
const answered = `lvsctl wizard --service ${vip}:8080 --server 192.168.1.111 --server 192.168.1.115 --method dr --scheduler wrr --persistence no --role director --dev eth0 --keep no`

describe('direct routing', () => {
  const lab = useLab(dr)
  const terminal = useTerminal(lab, 'director', {columns: 80, rows: 50})
  const {type, shows, keys, screen} = terminal

  /** The shell is back; how the wizard ended. */
  async function exitCode(): Promise<string | undefined> {
    await shows(/ready:\s*$/)
    await type('echo exit=$?')
    return /exit=(\d+)/.exec(await shows(/exit=\d/))?.[1]
  }

  afterEach(async () => {
    await lab.on('director', `lvsctl director teardown --vip ${vip} --quiet; ipvsadm -C`, {exits: 'any'})
    for (const host of ['rs1', 'rs2']) await lab.on(host, 'lvsctl realserver teardown', {exits: 'any'})
  })

  test('from the first question to requests that are served', async () => {
    await type('lvsctl wizard')
    await answer(terminal, drAnswers)
    const plan = await shows(/Do this now\? yes or no \(no\)\s*$/, all)
    expect(plan).toContain('recommended: dr, because the real servers are on the same network')
    expect(plan).toContain('client ──── 1 ──▶ director 192.168.1.200:8080')
    await type('yes')
    expect(await exitCode()).toBe('0')
    const done = await screen(all)
    expect(done).toContain('✓ this host is as it should be (lvsctl director status)')
    expect(done).toContain('– 192.168.1.200:8080 is to be asked from a client: replies do not pass the director')

    // What it says is to be done on the real servers is enough.
    const line =
      /^on each real server, 192\.168\.1\.111 and 192\.168\.1\.115:\n {2}(lvsctl realserver setup .*)$/m.exec(done)
    for (const host of ['rs1', 'rs2']) await lab.on(host, line?.[1] ?? 'false')
    expect(await ask(lab, {at: `${vip}:8080`, times: 8})).toEqual({rs1: 6, rs2: 2})
    await lab.on('director', /^ {2}(lvsctl arp probe .*)$/m.exec(done)?.[1] ?? 'false')
  })

  test('a wrong answer is refused at once, ? explains, < goes back', async () => {
    await type('lvsctl wizard')
    await answer(terminal, [
      [/VIP:PORT/, '192.168.1.300:80'],
      [/300 is above 255\n.*VIP:PORT/, '?'],
      [/The director takes it[^›]*› .*VIP:PORT/, `${vip}:8080`],
      [/\[WEIGHT\]/, '192.168.1.111:80'],
      [/nothing listens on port[^›]*› .*no more/, '192.168.1.115'],
      [/no more/, '<'],
      [/without 192\.168\.1\.115\n.*no more/, ''],
      // Another port is no matter of taste.
      [/recommended: nat, because 192\.168\.1\.111:80 is[^›]*› .*\(nat\)/, 'dr'],
      [/gatewaying cannot change the port: [^›]*› .*\(nat\)/, '<'],
      // Both questions before, with what was answered.
      [/\[WEIGHT\] \(192\.168\.1\.111:80\)/, '<'],
      [/VIP:PORT \(192\.168\.1\.200:8080\)/, '<'],
      [/this is the first question[^›]*› .*VIP:PORT \(192\.168\.1\.200:8080\)/, ''],
      [/\[WEIGHT\] \(192\.168\.1\.111:80\)/, '192.168.1.111'],
      [/no more/, ''],
    ])
    await shows(/dr, nat or tun \(dr\)\s*$/)
    await keys('C-c')
    expect(await exitCode()).toBe('130')
  })

  test.each([
    ['C-c', 'at the first question', 'lvsctl wizard', /VIP:PORT\s*$/],
    ['C-d', 'at the first question', 'lvsctl wizard', /VIP:PORT\s*$/],
    ['C-c', 'when all is answered', answered, /Do this now\?/],
  ])('%s %s changes nothing', async (key, _when, command, question) => {
    const before = await state(lab, 'director')
    await type(command)
    await shows(question)
    await keys(key)
    await shows(/^ended: nothing was changed/m)
    expect(await exitCode()).toBe('130')
    expect(await state(lab, 'director')).toEqual(before)
  })

  test('Ctrl-C while it is being done: what was done is taken back', async () => {
    const before = await state(lab, 'director')
    await type(answered)
    await answer(terminal, [[/Do this now\? yes or no \(no\)/, 'yes']])
    await shows(/\[#\] lvsctl service add/)
    await keys('C-c')
    expect(await shows(/^ended: /m, all)).toMatch(/lvsctl director teardown .* \(back again\)/)
    expect(await exitCode()).toBe('130')
    expect(await state(lab, 'director')).toEqual(before)
  })

  test('somebody else was quicker: it fails half-way, and takes its half back', async () => {
    await type(answered)
    await shows(/Do this now\? yes or no \(no\)\s*$/)
    await lab.on('director', `ipvsadm -A -t ${vip}:8080 -s rr`)
    const before = await state(lab, 'director')
    await type('yes')
    await shows(/what was done before is taken back/, all)
    expect(await exitCode()).toBe('7')
    expect(await state(lab, 'director')).toEqual(before)
  })

  test('what the commands have against it is told before anything is done', async () => {
    await lab.on('director', `ipvsadm -A -t ${vip}:8080 -s rr`)
    const before = await state(lab, 'director')
    await type(answered)
    await shows(/already exists \(rr\)[^›]*› That cannot be done\. < goes back, Enter ends/)
    await keys('Enter')
    expect(await exitCode()).toBe('4')
    expect(await state(lab, 'director')).toEqual(before)
  })

  test('again: what is missing is added, what is there is left', async () => {
    const options = `--service ${vip}:8080 --server 192.168.1.111 --server 192.168.1.115 --method dr --role director`
    await lab.on('director', `ipvsadm -A -t ${vip}:8080 -s wlc; ipvsadm -a -t ${vip}:8080 -r 192.168.1.111 -g`)
    const {stdout} = await lab.on('director', `lvsctl wizard ${options} --yes --quiet; lvsctl wizard ${options} --yes`)
    expect(stdout).toMatch(
      /\nthere already as asked, and left alone:\n {2}lvsctl service add .*\n(?: {2}lvsctl server add .*\n){2}/,
    )
    expect((await savedRules(lab, 'director')).slice(1)).toEqual([
      `-a -t ${vip}:8080 -r 192.168.1.111:8080 -g -w 1`,
      `-a -t ${vip}:8080 -r 192.168.1.115:8080 -g -w 1`,
    ])
  })

  test('--quiet says nothing, and what does not answer is warned of without', async () => {
    const options = `--service ${vip}:8080 --server 192.168.1.77 --method dr --role director --yes`
    const {stdout, stderr} = await lab.on('director', `lvsctl wizard ${options} --quiet`)
    expect([stdout, stderr]).toEqual(['', ''])
    const again = await lab.on('director', `lvsctl wizard ${options}`)
    expect(again.stderr).toContain('! no answer from 192.168.1.77:8080')
  })

  test('a real server sets itself up', async () => {
    const options = `--service ${vip}:8080 --server 192.168.1.111 --server 192.168.1.115 --method dr`
    await lab.on('rs1', `lvsctl wizard ${options} --role real-server --yes`)
    await lab.on('rs1', 'lvsctl realserver status')
    expect(await savedRules(lab, 'rs1')).toEqual([])
  })

  test('from a file, without a terminal, and only with --yes', async () => {
    const input = `service: ${vip}:8080\nservers: [192.168.1.111, 192.168.1.115 2]\nmethod: dr\nrole: director\nscheduler: wrr\nkeep: /run/rules\n`
    await lab.on('director', 'cat >/run/answers.yaml', {input})
    const {stderr} = await lab.on('director', 'lvsctl wizard --answers /run/answers.yaml', {exits: 2})
    expect(stderr).toContain('nobody can be asked for a yes: nothing was changed')
    expect(await savedRules(lab, 'director')).toEqual([])
    const {stdout} = await lab.on('director', 'lvsctl wizard --answers /run/answers.yaml --yes --json')
    expect(JSON.parse(stdout)).toMatchObject({changed: true, answers: {device: 'eth0', keep: '/run/rules'}})
    const rules = [
      `-A -t ${vip}:8080 -s wrr`,
      `-a -t ${vip}:8080 -r 192.168.1.111:8080 -g -w 1`,
      `-a -t ${vip}:8080 -r 192.168.1.115:8080 -g -w 2`,
    ]
    expect(await savedRules(lab, 'director')).toEqual(rules)
    expect((await lab.on('director', 'cat /run/rules')).stdout.trim().split('\n')).toEqual(rules)
  })
})

describe('NAT', () => {
  const lab = useLab(nat)
  const terminal = useTerminal(lab, 'director', {columns: 80, rows: 50})
  const {type, shows, screen} = terminal

  test('to requests that are served, with the real servers set up while it waits', async () => {
    // As somebody finds it: nobody forwards, and no real server knows the director.
    await lab.on('director', 'sysctl -qw net.ipv4.ip_forward=0')
    for (const host of ['rs1', 'rs2']) await lab.on(host, 'ip -4 route del default')
    const before = await state(lab, 'director')

    await type('lvsctl wizard')
    await answer(terminal, [
      [/VIP:PORT/, `${vip}:80`],
      [/\[WEIGHT\]/, '10.0.0.111:8080'],
      [/10\.0\.0\.111:8080 answers, on the network of eth1\n.*no more/, '10.0.0.115:8080 3'],
      [/10\.0\.0\.115:8080 answers.*\n.*no more/, ''],
      [/recommended: nat, because 10\.0\.0\.111:8080 is not on port 80[^›]*› .*\(nat\)/, ''],
      [/A scheduler \(wlc\)/, 'wrr'],
      [/Seconds, or no \(no\)/, ''],
      [/real-server or other \(director\)/, ''],
      [/clients arrive\? \(eth0\)/, ''],
      [/yes or no \(no\)/, ''],
      [/gateway\? \(10\.0\.0\.1\)/, ''],
      [/a file for the table \(no\)/, ''],
      [/Do this now\? yes or no \(no\)/, 'yes'],
      [/yes tries again, no ends \(yes\)/, ''],
    ])
    await shows(/answered 0 of 2 connections[\s\S]*answered 0 of 2 connections/, all)
    const line = /^on each real server, 10\.0\.0\.111 and 10\.0\.0\.115:\n {2}(lvsctl realserver setup .*)$/m.exec(
      await screen(all),
    )
    for (const host of ['rs1', 'rs2']) await lab.on(host, line?.[1] ?? 'false')
    await type('yes')
    await shows(/✓ 192\.168\.1\.200:80 serves: 2 of 2 connections were answered through the director/, all)
    await shows(/ready:\s*$/)
    expect(await ask(lab, {at: `${vip}:80`, times: 8})).toEqual({rs1: 2, rs2: 6})
    await lab.on('director', 'lvsctl director status')

    await lab.on('director', `lvsctl director teardown; ipvsadm -C`)
    for (const host of ['rs1', 'rs2']) await lab.on(host, 'lvsctl realserver teardown')
    expect(await state(lab, 'director')).toEqual(before)
  })
})

describe('NAT on one arm', () => {
  const lab = useLab(dr)

  test('the real servers need nothing, and the director sees that it serves', async () => {
    const options = `--service ${vip}:80 --server 192.168.1.111:8080 --server 192.168.1.115:8080 --scheduler rr`
    const {stdout} = await lab.on('director', `lvsctl wizard ${options} --method nat --role director --yes --json`)
    expect(JSON.parse(stdout)).toMatchObject({changed: true, served: true, answers: {masquerade: true, gateway: null}})
    expect(await ask(lab, {at: `${vip}:80`, times: 6})).toEqual({rs1: 3, rs2: 3})
  })
})

describe('tunnels', () => {
  const lab = useLab(dr)

  test('what it prints for the real servers is all that they need: the set-up on one, the script on the other', async () => {
    await lab.on(undefined, 'modprobe ipip')
    const options = `--service ${vip}:8080 --server 192.168.1.111 --server 192.168.1.115 --scheduler rr --method tun`
    const {stdout} = await lab.on('director', `lvsctl wizard ${options} --role director --yes`)
    const setup = /^on each real server.*\n {2}(lvsctl realserver setup .*)$/m.exec(stdout)?.[1] ?? 'false'
    const script = /^ {2}(lvsctl realserver script .*)$/m.exec(stdout)?.[1] ?? 'false'
    await lab.on('rs1', setup)
    await lab.on('rs2', `${script} >/run/lvs-script && sh /run/lvs-script start`)
    expect(await ask(lab, {at: `${vip}:8080`, times: 6})).toEqual({rs1: 3, rs2: 3})
  })
})

describe('to be there after a boot', () => {
  const lab = useLab(dr)
  const project = join(import.meta.dirname, '../..')
  const options = `--service ${vip}:8080 --server 192.168.1.111 --server 192.168.1.115 --method dr`
  /** Where it may be installed; where the tests run may be a temporary folder. */
  const installed = '/opt/node/node /opt/lvsctl/bin/lvsctl'

  beforeAll(() =>
    lab.on(
      undefined,
      `set -e
       mkdir -p /run/systemd/system /opt/node /opt/lvsctl
       printf '#!/bin/sh\\n' >/usr/local/sbin/systemctl
       chmod +x /usr/local/sbin/systemctl
       mount --bind ${dirname(process.execPath)} /opt/node
       cp -r ${['bin', 'dist', 'package.json'].map((name) => join(project, name)).join(' ')} /opt/lvsctl
       chown -R root:root /opt/lvsctl
       chmod -R go-w /opt/lvsctl`,
    ),
  )

  const files = async () =>
    (
      await lab.on(
        undefined,
        'find /etc/lvsctl /etc/systemd/system /etc/sysctl.d ! -type d 2>/dev/null | grep lvsctl; true',
      )
    ).stdout

  test('that is proposed where systemd runs: the role, and on a director the table', async () => {
    const before = await files()
    const {stdout} = await lab.on('director', `${installed} wizard ${options} --role director --yes --json`)
    expect(JSON.parse(stdout)).toMatchObject({
      answers: {keep: 'boot'},
      elsewhere: [{commands: [`lvsctl realserver setup --vip ${vip} --persist`]}],
    })
    expect(await savedRules(lab, 'director')).toEqual(
      (await lab.on('director', 'cat /etc/lvsctl/rules')).stdout.trim().split('\n'),
    )
    await lab.on('director', `${installed} director status`)
    await lab.on(
      'director',
      `${installed} save --no-boot; ${installed} director teardown; ipvsadm -C; rm /etc/lvsctl/rules`,
    )
    expect(await files()).toBe(before)
  })

  test('a real server', async () => {
    const before = await files()
    await lab.on('rs1', `${installed} wizard ${options} --role real-server --yes`)
    await lab.on('rs1', `${installed} realserver status`)
    expect(await files()).not.toBe(before)
    await lab.on('rs1', `${installed} realserver teardown`)
    expect(await files()).toBe(before)
  })
})
