// Which processor a guest runs on. User-Mode Linux has one processor and hands over between its kernel and its processes
// at every system call and page fault; across two host processors each hand-over wakes the other one. Held on one, a
// guest is two to four times as fast, and steady enough to measure in.

import {readdirSync, readFileSync} from 'node:fs'

/** A list as in /proc/PID/status (proc(5), Cpus_allowed_list): `0-3,8`. */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number)
      return Array.from({length: last - first + 1}, (_, index) => first + index)
    })
}

/** The least taken of the allowed ones; `turn` decides between equals. */
export function chooseCpu(allowed: readonly number[], taken: readonly number[], turn: number): number | undefined {
  const load = (cpu: number) => taken.filter((one) => one === cpu).length
  const least = Math.min(...allowed.map(load))
  const best = allowed.filter((cpu) => load(cpu) === least)
  return best[turn % best.length]
}

let turns = process.pid

/** For a guest that starts now; undefined where this system does not say. */
export function cpuForGuest(): number | undefined {
  try {
    return chooseCpu(allowedCpus('self'), cpusOfGuests(), turns++)
  } catch {
    return undefined
  }
}

function allowedCpus(pid: string): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return list === undefined ? [] : parseCpuList(list)
}

/** The processors that running guests are held on, of whichever process booted them. */
function cpusOfGuests(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, command, group] = /^\d+ \((.*)\) \S \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
        const cpus = command === 'linux.uml' && group === pid ? allowedCpus(pid) : []
        return cpus.length === 1 ? cpus : []
      } catch {
        return [] // ended meanwhile
      }
    })
}
