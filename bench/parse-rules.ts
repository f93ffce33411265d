// How fast rules are read and written in a process that does nothing else: once cold, as a command does it, and warm.
//
//   node bench/parse-rules.ts [SERVICES]

import {formatRules} from '../src/formats/rules/format.ts'
import {parseRules} from '../src/formats/rules/parse.ts'

const servers = 5
const text = Array.from({length: Number(process.argv[2] ?? 2000)}, (_, number) => {
  const net = `${number >> 8}.${number & 0xff}`
  const name = `-t 10.${net}.1:80`
  const own = Array.from({length: servers}, (_, at) => `-a ${name} -r 11.${net}.${at + 1}:80 -m -w ${at + 1}\n`)
  return `-A ${name} -s wrr\n${own.join('')}`
}).join('')
const rules = text.split('\n').length - 1

const rounds = Array.from({length: 6}, () => {
  const start = performance.now()
  const {state} = parseRules(text)
  const parsed = performance.now()
  if (!state || formatRules(state).text !== text) throw new Error('the rules did not come back as they were')
  return {parse: parsed - start, format: performance.now() - parsed}
})

const report = ({parse, format}: {parse: number; format: number}) => ({
  parseMs: Math.round(parse * 10) / 10,
  formatMs: Math.round(format * 10) / 10,
  rulesPerSecond: Math.round((rules / (parse + format)) * 1000),
})

const [cold, ...warm] = rounds.map(report)
const best = warm.reduce((one, other) => (other.rulesPerSecond > one.rulesPerSecond ? other : one))
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
process.stdout.write(`${JSON.stringify({rules, cold, best, megabytes})}\n`)
