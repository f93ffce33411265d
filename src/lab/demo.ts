// `lvsctl lab demo`: the classic direct-routing cluster, built with the very commands an operator types, on a real kernel,
// serving real requests. What it claims it checks: the answer is whether every expectation held.

import {bootGuest, type Guest} from './guest.ts'
import {dr} from './topologies.ts'
import {buildTopology} from './topology.ts'

const vip = '192.168.1.200'
const endpoint = `${vip}:8080`
const heavy = {host: 'rs1', address: '192.168.1.111', weight: 3}
const light = {host: 'rs2', address: '192.168.1.115', weight: 1}

const requests = 80
const requestsAfterQuiesce = 20

/** The kernel adds fresh figures to the statistics every two seconds (net/netfilter/ipvs/ip_vs_est.c). */
const estimatorSeconds = 2.5

const picture = `
  client    192.168.1.10   ──┐
  director  192.168.1.114  ──┤  one Ethernet segment, 192.168.1.0/24
  rs1       192.168.1.111  ──┤  VIP ${vip}, HTTP on port 8080
  rs2       192.168.1.115  ──┘
`

export interface DemoView {
  readonly write: (text: string) => void
  readonly style: Readonly<Record<'heading' | 'prompt' | 'good' | 'bad', (text: string) => string>>
  /** For the commands on show, which draw tables as on a terminal of this width. */
  readonly columns: number
  readonly colour: boolean
}

/** How many answers each server gave: `{rs1: 60, rs2: 20}`. */
export type Distribution = Readonly<Record<string, number>>

/** Counts the lines of what the servers answered: each says its own name. */
export function countAnswers(output: string): Distribution {
  const counts: Record<string, number> = {}
  for (const name of output.split('\n').filter((line) => line !== '')) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** One line a server: name, bar, count, and what was expected beside it. */
function formatDistribution(seen: Distribution, expected: Distribution, width = 40): string {
  const total = Object.values(expected).reduce((sum, count) => sum + count, 0)
  const names = [...new Set([...Object.keys(expected), ...Object.keys(seen)])].sort()
  const label = Math.max(...names.map((name) => name.length))
  return names
    .map((name) => {
      const count = seen[name] ?? 0
      const bar = '█'.repeat(Math.round((count / total) * width)).padEnd(width)
      return `  ${name.padEnd(label)}  ${bar} ${String(count).padStart(3)}   expected ${expected[name] ?? 0}\n`
    })
    .join('')
}

/** Resolves to true when every expectation held; throws only when the lab itself failed. */
export async function runDemo(view: DemoView, boot: () => Promise<Guest> = bootGuest): Promise<boolean> {
  const started = performance.now()
  const guest = await boot()
  try {
    await buildTopology(guest, dr)
    const kernel = (await guest.run('uname -r')).stdout.trim()
    view.write(`Linux ${kernel} is up (User-Mode Linux), with four hosts, after ${secondsSince(started)}.\n${picture}`)
    const held = await new Demo(guest, view).run()
    view.write(
      `\n${held ? view.style.good('✓ the cluster did what it should') : view.style.bad('✗ the cluster did not do what it should')} (${secondsSince(started)})\n`,
    )
    return held
  } finally {
    await guest.close()
  }
}

class Demo {
  private readonly guest: Guest
  private readonly view: DemoView
  private readonly terminal: Readonly<Record<string, string>>
  private held = true
  private nextPort = 32_768

  constructor(guest: Guest, view: DemoView) {
    this.guest = guest
    this.view = view
    this.terminal = {LVSCTL_FORCE_TTY: String(view.columns), ...(!view.colour && {NO_COLOR: '1'})}
  }

  async run(): Promise<boolean> {
    this.heading('The director takes the VIP and gets a virtual service with two real servers')
    await this.type('director', `lvsctl director setup --vip ${vip} --dev eth0`)
    await this.type('director', `lvsctl service add -t ${endpoint} -s wrr`)
    for (const {address, weight} of [heavy, light])
      await this.type('director', `lvsctl server add -t ${endpoint} -r ${address} -g -w ${weight}`)

    this.heading('The real servers take the VIP too, and stay silent about it')
    for (const {host} of [heavy, light]) await this.type(host, `lvsctl realserver setup --vip ${vip}`)
    await this.checkNeighbour()

    this.heading(`The client asks ${requests} times`)
    const share = requests / (heavy.weight + light.weight)
    await this.ask(requests, {[heavy.host]: heavy.weight * share, [light.host]: light.weight * share})
    await this.guest.run(`sleep ${estimatorSeconds}`)
    await this.type('director', 'lvsctl list --stats')
    await this.checkStatistics()

    this.heading('One server is quiesced: new clients go elsewhere')
    await this.type('director', `lvsctl server edit -t ${endpoint} -r ${heavy.address} -w 0`)
    await this.ask(requestsAfterQuiesce, {[heavy.host]: 0, [light.host]: requestsAfterQuiesce})
    await this.type('director', 'lvsctl list')
    return this.held
  }

  private heading(text: string): void {
    this.view.write(`\n${this.view.style.heading(text)}\n`)
  }

  /** Runs what an operator would type and shows it as a terminal would. */
  private async type(host: string, command: string): Promise<void> {
    this.view.write(`${this.view.style.prompt(`${host}#`)} ${command}\n`)
    const {stdout, code} = await this.guest.run(command, {host, merge: true, env: this.terminal})
    this.view.write(stdout)
    if (code !== 0) this.expect(false, `\`${command}\` exits 0`, `it exited ${code}`)
  }

  private async ask(count: number, expected: Distribution): Promise<void> {
    const command = `curl -s --max-time 5 'http://${endpoint}/?[1-${count}]'`
    this.view.write(`${this.view.style.prompt('client#')} ${command}\n`)
    const {stdout} = await this.guest.run(`${this.useFreshPorts(count)}\n${command}`, {host: 'client'})
    const seen = countAnswers(stdout)
    this.view.write(formatDistribution(seen, expected))
    const text = Object.entries(expected)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')
    this.expect(
      Object.entries(expected).every(([name, number]) => (seen[name] ?? 0) === number),
      `answers: ${text}`,
    )
  }

  /**
   * The director knows a closed connection for two minutes: who comes again from the same port goes where that one went,
   * quiesced or not. A client chooses by chance, in strides of up to 16 (net/ipv4/inet_hashtables.c, __inet_hash_connect);
   * here never twice from the same range.
   */
  private useFreshPorts(connections: number): string {
    const first = this.nextPort
    this.nextPort += connections * 16 + 16
    return `echo ${first} ${this.nextPort - 1} >/proc/sys/net/ipv4/ip_local_port_range`
  }

  /** The whole point of quiet real servers: the client knows the VIP by the director's link-layer address. */
  private async checkNeighbour(): Promise<void> {
    await this.guest.run(`ping -c 1 -W 1 ${vip}`, {host: 'client'})
    const {stdout: neighbour} = await this.guest.run(`ip -4 neigh show ${vip}`, {host: 'client'})
    const {stdout: own} = await this.guest.run('cat /sys/class/net/eth0/address', {host: 'director'})
    this.expect(
      own.trim() !== '' && neighbour.includes(own.trim()),
      `on the LAN, ${vip} is the director alone (${own.trim()})`,
    )
  }

  /** Judged by the kernel's own page (hexadecimal, totals in the third line), not by the tool on show. */
  private async checkStatistics(): Promise<void> {
    const {stdout} = await this.guest.run('cat /proc/net/ip_vs_stats', {host: 'director'})
    const connections = Number.parseInt(stdout.split('\n')[2]?.trim().split(/\s+/)[0] ?? '', 16)
    this.expect(connections === requests, `the kernel counted ${requests} connections`, `it counted ${connections}`)
  }

  private expect(good: boolean, what: string, otherwise = ''): void {
    this.held &&= good
    const verdict = good ? this.view.style.good('✓') : this.view.style.bad('✗')
    this.view.write(`  ${verdict} ${what}${good || otherwise === '' ? '' : `: ${otherwise}`}\n`)
  }
}

const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`
