// The way in: from the arguments to one command, to help, or to an error. Loads as little as it can: a command brings
// what it needs with it.

import type {Command} from '@oclif/core/command'
import type {Config} from '@oclif/core/config'
import {currentContext} from '../cli/context.ts'
import {paintFor} from '../cli/output.ts'
import {userAgent} from './package.ts'
import {commands} from './registry.ts'
import {routeOf} from './route.ts'

/** The whole life of the process, as bin/lvsctl starts it. */
export async function start(argv: readonly string[]): Promise<void> {
  process.on('uncaughtException', (thrown) => void crash(thrown))
  await main(argv)
}

export async function main(argv: readonly string[]): Promise<void> {
  // A shell asks what could be typed next.
  if (argv[0] === 'complete') return (await import('./complete.ts')).answerShell(argv.slice(1))
  try {
    const route = routeOf(argv, Object.keys(commands))
    switch (route.kind) {
      case 'command':
        return await runCommand(route.id, route.argv)
      case 'help': {
        const {showHelp} = await import('./help.ts')
        return await showHelp(route.subject)
      }
      case 'version':
        return currentContext().out.write(`${userAgent}\n`)
      // bin/lvsctl knows the word too, and starts less.
      case 'ipvsadm': {
        const {start} = await import('./ipvsadm.ts')
        return await start(route.argv)
      }
      case 'unknown':
        throw route.error
    }
  } catch (thrown) {
    await tell(thrown, {json: argv.includes('--json')})
  }
}

interface Runnable {
  _run(): Promise<unknown>
}

async function runCommand(id: string, argv: readonly string[]): Promise<void> {
  const [{default: command}, {startConfig}] = await Promise.all([
    (commands[id] as NonNullable<(typeof commands)[string]>)(),
    import('./start-config.ts'),
  ])
  command.id = id
  // Command.run would first load a Config of its own.
  const Constructor = command as unknown as new (argv: string[], config: Config) => Command & Runnable
  await new Constructor([...argv], startConfig)._run()
}

/** What no command caught, since it ends in an error of its own. */
async function tell(thrown: unknown, {json}: {readonly json: boolean}): Promise<void> {
  const {out, err, setExitCode} = currentContext()
  const {errorObject, errorText, explainThrown} = await import('../cli/errors.ts')
  const error = explainThrown(thrown, {name: '', flags: {}})
  if (json) {
    const {toJson} = await import('../cli/json.ts')
    out.write(`${toJson(errorObject(error))}\n`)
  } else err.write(errorText(error, paintFor(err), {stack: process.argv.includes('--verbose')}))
  setExitCode(error.exit)
}

/** Thrown where nobody waits for it: a fault. Whatever still runs is not to be relied on. */
async function crash(thrown: Error & {code?: string; syscall?: string}): Promise<void> {
  // Who reads our output has gone (`| head`): nothing is wrong.
  if (thrown.code === 'EPIPE' && thrown.syscall === 'write') process.exit(0)
  try {
    await tell(thrown, {json: false})
  } finally {
    process.exit()
  }
}

// From source: `node src/entry/main.ts service list`. In dist/, bin/lvsctl starts.
if (import.meta.main) void start(process.argv.slice(2))
