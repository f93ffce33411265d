// Cuts set-up and teardown of a director off behind every single step, as a power cut does, and runs the same again: in
// one process, because starting many takes long in the lab. Answers JSON: for every step what was wrong, which is to be
// nothing.
// Bundled before it is run: taking types out of a hundred files takes longer than all that it does.
//   node director-driver.ts '{"do":"setup","request":{"vips":["192.168.1.200"],"device":"eth0"}}'
//   node director-driver.ts '{"do":"setup", … ,"dieAfter":3}'     this one process, killed behind three steps

import {execFileSync, spawnSync} from 'node:child_process'
import {observe} from '../../src/director/observe.ts'
import type {SetupRequest} from '../../src/director/request.ts'
import {rehearseSetup, setUpDirector, tearDownDirector} from '../../src/director/run.ts'
import {directorStatus} from '../../src/director/status.ts'
import {planTeardown} from '../../src/director/teardown.ts'
import {linuxHost} from '../../src/host/linux-host.ts'
import {mortal} from './mortal-host.ts'

export interface DirectorAction {
  readonly do: 'setup' | 'teardown'
  readonly request: SetupRequest
  /** The process ends when so many effects are done. Not given: every number of them, in processes of their own. */
  readonly dieAfter?: number
  /** A script that prints everything that a set-up may touch. */
  readonly state?: string
}

const host = linuxHost()
const action: DirectorAction = JSON.parse(process.argv[2] as string)
const {request, dieAfter, state: printState = 'true'} = action

const state = () => execFileSync('sh', ['-c', printState], {encoding: 'utf8'})
const settled = () => directorStatus({services: []}, observe(host))

/** Kills a process of its own there; whether it died. */
function cutOff(after: number): boolean {
  const line = JSON.stringify({...action, dieAfter: after})
  return spawnSync(process.execPath, [process.argv[1] as string, line]).signal === 'SIGKILL'
}

function duringSetup(): Record<string, string> {
  const steps = rehearseSetup(host, request).steps.length
  const before = state()
  const wrong: Record<string, string> = {}
  for (let after = 0; after < steps; after++) {
    const died = cutOff(after)
    // Every other time it is not finished, but undone as it is.
    if (after % 2 === 0) setUpDirector(host, request)
    const {ok, vips, problems} = settled()
    const found =
      after % 2 === 0 && (!ok || vips.length !== request.vips.length) ? JSON.stringify({vips, problems}) : ''
    tearDownDirector(host, {})
    const after_ = state()
    if (!died || found !== '' || after_ !== before)
      wrong[after] = `${died} ${found}\n${after_ === before ? '' : after_}`
  }
  return {steps: `${steps}`, ...wrong}
}

function duringTeardown(): Record<string, string> {
  const before = state()
  setUpDirector(host, request)
  const steps = planTeardown({}, observe(host)).steps.length
  const wrong: Record<string, string> = {}
  for (let after = 0; after < steps; after++) {
    setUpDirector(host, request)
    const died = cutOff(after)
    tearDownDirector(host, {})
    const after_ = state()
    if (!died || after_ !== before) wrong[after] = `${died}\n${after_}`
  }
  return {steps: `${steps}`, ...wrong}
}

if (dieAfter === undefined) console.log(JSON.stringify(action.do === 'setup' ? duringSetup() : duringTeardown()))
else if (action.do === 'setup') setUpDirector(mortal(host, dieAfter), request)
else tearDownDirector(mortal(host, dieAfter), {})
