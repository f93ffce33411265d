// What goes wrong on the way: a kernel that refuses, a process that is killed, two at once, a table that somebody else
// writes. What is left is always what was there, what was asked for, or something that the same command completes.

import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {useLab} from '../support/lab.ts'

const lab = useLab()

function put(name: string, content: string): string {
  writeFileSync(join(lab.guest.results, name), content)
  return `${lab.guest.resultsInGuest}/${name}`
}

interface Variant {
  readonly first: number
  readonly services: number
  readonly servers: number
  readonly weight: (server: number) => number
}

/** Rules in the order in which they are saved. */
function rulesOf({first, services, servers, weight}: Variant): string {
  const lines: string[] = []
  for (let number = first; number < first + services; number++) {
    // The kernel's table of services has 256 buckets, by the last byte of the address.
    const service = `-t 10.100.${number >> 8}.${number & 0xff}:80`
    lines.push(`-A ${service} -s wrr`)
    for (let server = 1; server <= servers; server++)
      lines.push(`-a ${service} -r 172.16.${number & 0xff}.${server}:80 -m -w ${weight(server)}`)
  }
  return `${lines.join('\n')}\n`
}

/** 6,000 rules, and 5,000 of which 300 services are others and the rest has other weights and one server less. */
const one = rulesOf({first: 0, services: 1000, servers: 5, weight: (server) => server})
const other = rulesOf({first: 300, services: 1000, servers: 4, weight: (server) => 5 - server})

const guest = (script: string, exits: number | 'any' = 0) => lab.on(undefined, script, {exits})
const files = {one: '', other: ''}

beforeAll(async () => {
  files.one = put('one', one)
  files.other = put('other', other)
  await guest('ip link set lo up; modprobe ip_vs')
})

test('a kernel that refuses one rule of thousands leaves the table as it was', async () => {
  const bad = put('bad', `${other}-A -t 192.0.2.1:80 -s twos\n`)
  const {stdout, stderr} = await guest(
    `lvsctl restore --yes ${files.one} >&2
     code=0; lvsctl restore --yes ${bad} || code=$?
     ipvsadm -Sn | cmp - ${files.one} && echo "the same, exit $code"
     lvsctl restore --yes ${files.one}`,
  )
  expect(stdout).toContain('the same, exit 7\n')
  expect(stdout).toContain('nothing to do')
  expect(stderr).toMatch(/✗ this kernel has no scheduler "twos"; [\d,]+ changes undone, and the table is as it was/)
})

test('killed at any moment, the same command does the rest', async () => {
  const seed = Date.now() % 32_768
  console.log(`RANDOM=${seed}`)
  const rounds = 6
  const script = put(
    'killing',
    `RANDOM=${seed}
     cut=0
     for round in $(seq ${rounds}); do
       for file in ${files.other} ${files.one}; do
         lvsctl restore --yes $file >/dev/null &
         sleep 0.$(printf %03d $((RANDOM % 900)))
         kill -9 $! && cut=$((cut + 1))
         wait $! 2>/dev/null
         lvsctl restore --yes $file >/dev/null || { echo "round $round: exit $?"; exit 1; }
         ipvsadm -Sn | cmp - $file || { echo "round $round: differs"; exit 1; }
       done
     done
     echo "killed $cut times"`,
  )
  const {stdout} = await lab.on(undefined, `bash ${script} 2>/tmp/noise`, {deadlineMs: 110_000})
  expect(Number(/killed (\d+) times/.exec(stdout)?.[1])).toBeGreaterThan(rounds / 2)
})

test('a save that is killed leaves the file of before or the whole new one', async () => {
  const script = put(
    'killing-saves',
    `RANDOM=7
     mkdir -p /tmp/saves; cp ${files.other} /tmp/saves/rules
     ipvsadm -C; lvsctl restore ${files.one} >/dev/null
     for round in $(seq 20); do
       lvsctl save /tmp/saves/rules >/dev/null &
       sleep 0.$(printf %03d $((RANDOM % 800)))
       kill -9 $! ; wait $! 2>/dev/null
       cmp -s /tmp/saves/rules ${files.one} || cmp -s /tmp/saves/rules ${files.other} || { echo "round $round: neither"; exit 1; }
       cp ${files.other} /tmp/saves/rules
     done
     lvsctl save /tmp/saves/rules && cmp /tmp/saves/rules ${files.one} && echo whole`,
  )
  expect((await guest(`bash ${script} 2>/tmp/noise`)).stdout).toMatch(/whole/)
})

describe('two at once', () => {
  test('one waits for the other', async () => {
    const {stdout} = await guest(
      `for round in 1 2 3; do
         lvsctl restore --yes ${files.one} >/tmp/first & first=$!
         lvsctl restore --yes ${files.other} >/tmp/second & second=$!
         lvsctl server add -t 10.100.1.244:80 -r 172.31.0.1:80 -m >/dev/null 2>&1 & third=$!
         wait $first; echo "first $?"; wait $second; echo "second $?"; wait $third
         lvsctl server delete -t 10.100.1.244:80 -r 172.31.0.1:80 >/dev/null 2>&1
         ipvsadm -Sn | cmp -s - ${files.one} && echo one
         ipvsadm -Sn | cmp -s - ${files.other} && echo other
         true
       done`,
    )
    const lines = stdout.trim().split('\n')
    expect(lines.filter((line) => line === 'first 0' || line === 'second 0')).toHaveLength(6)
    expect(lines.filter((line) => line === 'one' || line === 'other')).toHaveLength(3)
  })

  test('not for ever: exit 8, nothing changed', async () => {
    const {stdout, stderr} = await guest(
      `lvsctl restore --yes ${files.one} >/dev/null
       flock /run/lvsctl/table.lock sleep 14 & sleep 0.3
       code=0; lvsctl restore --yes ${files.other} || code=$?
       ipvsadm -Sn | cmp - ${files.one} && echo "the same, exit $code"
       wait`,
    )
    expect(stdout).toBe('the same, exit 8\n')
    expect(stderr).toContain('another lvsctl is changing the table')
  })
})

test('a full disk: the file of before stays, and clear does not go on', async () => {
  const {stdout, stderr} = await guest(
    `mkdir -p /tmp/small; mount -t tmpfs -o size=64k none /tmp/small
     echo precious > /tmp/small/rules
     lvsctl restore --yes ${files.one} >/dev/null
     code=0; lvsctl save /tmp/small/rules || code=$?; echo "save $code"
     code=0; lvsctl clear --yes --save-first /tmp/small/rules || code=$?; echo "clear $code"
     cat /tmp/small/rules; ls -A /tmp/small
     ipvsadm -Sn | cmp - ${files.one} && echo the same
     umount /tmp/small`,
  )
  expect(stdout).toBe('save 1\nclear 1\nprecious\nrules\nthe same\n')
  expect(stderr).toMatch(/no space is left/)
})

test('120,000 rules, in less than 300 MB', async () => {
  const large = put('large', rulesOf({first: 0, services: 20_000, servers: 5, weight: (server) => server}))
  const {stdout} = await lab.on(
    undefined,
    `ipvsadm -C
     lvsctl restore ${large} & pid=$!
     while kill -0 $pid 2>/dev/null; do
       while read -r name value _; do [ "$name" != VmHWM: ] || peak=$value; done < /proc/$pid/status
       sleep 0.2
     done 2>/dev/null
     wait $pid
     echo "peak $peak"
     lvsctl restore ${large}
     lvsctl save | cmp - ${large} && echo the same
     lvsctl clear --yes`,
    {deadlineMs: 110_000},
  )
  expect(stdout).toMatch(/added 20,000 services and 100,000 servers/)
  expect(stdout).toMatch(/nothing to do/)
  expect(stdout).toMatch(/the same/)
  expect(Number(/peak (\d+)/.exec(stdout)?.[1])).toBeLessThan(300 * 1024)
})
