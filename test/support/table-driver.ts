// Fills the kernel's table past everything that lvsctl's commands would say to it, has the commands save, clear and
// restore it, and reads it back raw. One process for many tables, because starting one takes a lab guest long.
//   node table-driver.ts TABLES.json     → what became of them, in JSON

import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {plainTunnel} from '../../src/domain/forwarding.ts'
import {type Configuration, configurationOf} from '../../src/domain/table.ts'
import {openKernelClient} from '../../src/ipvs/kernel-client.ts'
import {planTable} from '../../src/plan/diff.ts'
import {inOrder} from './canonical-order.ts'

export interface Fate {
  /** What the kernel took of the table that it was given. */
  readonly held: Configuration
  /** By format: what was there after save, clear and restore, and what restore said before the clear. */
  readonly back: Readonly<Record<string, {readonly table: Configuration; readonly unchanged: string}>>
  /** The table before it, brought back over this one; and what a dry run had said. */
  readonly previous?: {readonly table: Configuration; readonly planned: object; readonly done: object}
}

const client = openKernelClient()

const table = (): Configuration =>
  inOrder(configurationOf(client.table())).map(({service, servers}) => ({
    service,
    // The kernel keeps them of servers that are not tunnelled, and looks at them when one becomes so: which sets them anew.
    servers: servers.map((server) => (server.forwarding === 'tunneling' ? server : {...server, tunnel: plainTunnel})),
  }))

function lvsctl(...words: readonly string[]): string {
  const {stdout, stderr, status} = spawnSync('lvsctl', words, {encoding: 'utf8', maxBuffer: 2 ** 26})
  if (status !== 0) throw new Error(`lvsctl ${words.join(' ')}: exit ${status}\n${stderr}`)
  return stdout
}

function fateOf(configuration: Configuration, number: number): Fate {
  const {operations} = planTable({configuration}, {configuration: []})
  // What the kernel refuses is not what it can hold.
  client.execute([{do: 'flush'}, ...operations])
  const held = table()
  const back = Object.fromEntries(
    ['rules', 'yaml', 'json'].map((format) => {
      const file = `/tmp/${number}.${format}`
      lvsctl('save', '--format', format, file)
      const unchanged = lvsctl('restore', file)
      lvsctl('clear', '--yes')
      lvsctl('restore', file)
      return [format, {table: table(), unchanged}]
    }),
  )
  if (number === 0) return {held, back}
  const words = ['restore', '--yes', '--json', `/tmp/${number - 1}.rules`]
  const planned = JSON.parse(lvsctl(...words, '--dry-run'))
  const done = JSON.parse(lvsctl(...words))
  return {held, back, previous: {table: table(), planned, done}}
}

const tables: readonly Configuration[] = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'))
console.log(JSON.stringify(tables.map(fateOf)))
client.close()
