// Runs inside the lab: the program that is given as arguments, and prints the most memory it ever had, in kB.

import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'

const [program, ...args] = process.argv.slice(2)
const child = spawn(program as string, args, {stdio: ['ignore', 'ignore', 'inherit']})
let peak = 0
const timer = setInterval(() => {
  try {
    peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peak)
  } catch {
    // It has just ended.
  }
}, 20)
child.once('exit', (code) => {
  clearInterval(timer)
  if (code !== 0) process.exitCode = 1
  console.log(peak)
})
