// Shares, totals and rates of a listing while clients are served, against what ipvsadm says at the same time.

import {isDeepStrictEqual} from 'node:util'
import {beforeAll, describe, expect, test} from 'vitest'
import {shellWords} from '../../src/lab/shell-quote.ts'
import {labVip, nat} from '../../src/lab/topologies.ts'
import {useLab} from '../support/lab.ts'
import {useFreshPorts} from '../support/requests.ts'

const lab = useLab(nat)
const {ipv4: vip, ipv6: vip6} = labVip
const services = [
  {at: `${vip}:80`, servers: ['10.0.0.111:8080', '10.0.0.115:8080']},
  {at: `[${vip6}]:80`, servers: ['[2001:db8:2::111]:8080', '[2001:db8:2::115]:8080']},
] as const

const director = (...commands: readonly string[]) => lab.on('director', `set -e\n${commands.join('\n')}`)

beforeAll(async () => {
  await director(
    `lvsctl director setup --vip ${vip},${vip6} --dev eth0`,
    ...services.flatMap(({at, servers: [first, second]}) => [
      `lvsctl service add -t ${at} -s wrr`,
      `lvsctl server add -t ${at} -r ${first} -m -w 3 -x 900`,
      `lvsctl server add -t ${at} -r ${second} -m -w 1`,
    ]),
  )
})

type Figures = Readonly<Record<string, readonly number[]>>

const figuresIn = (text: string): Figures =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^TCP|^ {2}-> [\d[]/.test(line))
      .map((line) => line.trim().split(/ +/))
      .map((words) => [words[1], words.slice(-5).map(Number)]),
  )

const figuresOfLines = (text: string): Figures =>
  Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([kind, id = '', server = '', ...figures]) => [
        kind === 'service' ? id.replace('tcp://', '') : server,
        figures.map(Number),
      ]),
  )

/**
 * Figures move while they are read: every two seconds, by the kernel's estimator. So ipvsadm is asked all the time, and
 * what lvsctl says must be among its answers. Again where the estimator came in between two of lvsctl's questions.
 */
async function agreement(ipvsadm: string, lvsctl: string, good: (figures: readonly number[]) => boolean) {
  const deadline = performance.now() + 60_000
  let last: unknown
  while (performance.now() < deadline) {
    const {stdout: ours} = await director(
      'rm -f /tmp/done /tmp/theirs',
      `(until [ -e /tmp/done ]; do ipvsadm ${ipvsadm}; echo =; sleep 0.02; done; ipvsadm ${ipvsadm}) >/tmp/theirs &`,
      `lvsctl ${lvsctl}`,
      'touch /tmp/done',
      'wait',
    )
    const {stdout: theirs} = await director('cat /tmp/theirs')
    const figures = figuresOfLines(ours)
    const answers = theirs.split('=\n').map(figuresIn)
    last = {figures, answers}
    const said = answers.some((one) => isDeepStrictEqual(one, figures))
    if (said && Object.values(figures).every(good)) return figures
  }
  throw new Error(`ipvsadm ${ipvsadm} never said the same: ${JSON.stringify(last)}`)
}

/** A program of the client, in the background until `stop`; it says so when it is under way. */
async function clientRuns(source: string): Promise<() => Promise<unknown>> {
  const program = shellWords([process.execPath, '-e', source])
  const {stdout} = await lab.on(
    'client',
    `${useFreshPorts(400)}
    rm -f /tmp/under-way
    setsid ${program} </dev/null >/tmp/client.log 2>&1 &
    echo $!
    for try in $(seq 1 200); do [ -e /tmp/under-way ] && exit 0; sleep 0.05; done
    cat /tmp/client.log >&2; exit 1`,
  )
  return () => lab.on('client', `kill ${stdout.trim()}`, {exits: 'any'})
}

const hosts = JSON.stringify([vip, vip6])

test('shares of open connections', async () => {
  const stop = await clientRuns(`
    let open = 0
    for (const host of ${hosts}) for (let index = 0; index < 8; index++)
      require('net').connect(80, host, () => ++open === 16 && require('fs').writeFileSync('/tmp/under-way', '')).on('error', () => {})
    setTimeout(() => {}, 120000)`)
  try {
    const {stdout: theirs} = await director('ipvsadm -Ln')
    const counts = [...theirs.matchAll(/-> (\S+) +Masq +\d+ +(\d+) +(\d+)/g)].map(([, name, ...numbers]) => [
      name,
      ...numbers,
    ])
    expect(counts.map(([, active]) => active).sort()).toEqual(['2', '2', '6', '6'])
    const {stdout: piped} = await director('lvsctl list')
    const ours = [...piped.matchAll(/^server\t\S+\t(\S+)\tmasquerading\t\d\t(\d+)\t(\d+)$/gm)].map(
      ([, ...fields]) => fields,
    )
    expect(ours.sort()).toEqual(counts.sort())

    const {stdout: shown} = await director('NO_COLOR=1 LVSCTL_FORCE_TTY=120 lvsctl list')
    for (const {
      servers: [first, second],
    } of services) {
      const line = (name: string) => shown.split('\n').find((one) => one.includes(name))
      expect(line(first)).toMatch(/active 6 {2}inactive +\d+ {2}██████ +75 %/)
      expect(line(second)).toMatch(/active 2 {2}inactive +\d+ {2}██ +25 %$/)
    }
    expect(shown.match(/at most 900/g)).toHaveLength(2)
    expect(shown.match(/ active 8 /g)).toHaveLength(2)
  } finally {
    await stop()
  }
})

describe('while clients come and go', () => {
  test('rates are those of ipvsadm, and totals when they are gone', async () => {
    const stop = await clientRuns(`
      const http = require('http')
      const again = (host, answered) => http.get({host, agent: false}, (answer) => {
        answer.resume().on('end', () => setTimeout(again, 40, host, answered + 1))
        if (answered === 20) require('fs').writeFileSync('/tmp/under-way', '')
      }).on('error', () => setTimeout(again, 40, host, answered))
      for (const host of ${hosts}) again(host, 0)
      setTimeout(() => process.exit(), 120000)`)
    try {
      const rates = await agreement('-Ln --rate --exact', 'list --rate', (figures) => figures.every((one) => one > 0))
      expect(Object.keys(rates)).toHaveLength(6)
    } finally {
      await stop()
    }
    // What was under way is counted within the estimator's two seconds.
    await lab.on('director', 'sleep 3')
    const totals = await agreement('-Ln --stats --exact', 'list --stats', () => true)
    expect(totals[`${vip}:80`]?.every((figure) => figure > 20)).toBe(true)

    // People get the same, scaled or in full.
    const exact = (await director('NO_COLOR=1 LVSCTL_FORCE_TTY=200 lvsctl list --stats --exact')).stdout.split('\n')
    for (const [name, figures] of Object.entries(totals)) {
      const line = exact.find((one) => one.replace('tcp://', '').trim().startsWith(`${name} `))
      expect(line?.trim().split(/ +/).slice(1).map(Number)).toEqual(figures)
    }
  })
})
