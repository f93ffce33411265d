// Runs inside the lab: reads contenders as JSON from the file it is given, prints their times as JSON.

import {readFileSync} from 'node:fs'
import {type Contender, time} from './compare.ts'

const {contenders, rounds} = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as {
  contenders: Contender[]
  rounds: number
}
console.log(JSON.stringify(time(contenders, rounds)))
