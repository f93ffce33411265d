// The second half of `npm run setup`: Debian packages and the build. Each thing that is installed is named; what is there
// already is left alone.

import {spawnSync} from 'node:child_process'
import {findCommand, missingRequirements} from '../src/lab/requirements.ts'

/** Building the addon: gcc brings cc, and the C library's headers are a package of their own. */
const buildPackages = findCommand('cc') ? [] : ['gcc', 'libc6-dev']

/** User-Mode Linux exists for x86 only; elsewhere there is everything but the lab. */
const labPackages =
  process.arch === 'x64' ? missingRequirements(['lab', 'demo', 'tests']).map((row) => row.package) : []

const missing = [...new Set([...buildPackages, ...labPackages])]

if (missing.length > 0) installPackages(missing)
run('npm', ['run', '--silent', 'build'])

function installPackages(packages: readonly string[]): void {
  const line = `apt-get install ${packages.join(' ')}`
  if (process.getuid?.() !== 0 || !findCommand('apt-get')) {
    const why = findCommand('apt-get') ? 'only root can install them' : 'this system has no apt-get'
    console.error(`setup: missing Debian packages, and ${why}. Install them, then run this again:\n       ${line}`)
    process.exit(1)
  }
  console.log(`setup: installing Debian packages: ${packages.join(' ')}`)
  const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'}
  run('apt-get', ['update', '-qq'], env)
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], env)
}

/** Quiet while all is well; everything the command said when it is not. */
function run(command: string, args: readonly string[], env = process.env): void {
  const {status, stdout, stderr, error} = spawnSync(command, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
  console.error(`setup: ${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ` (exit ${status})`}`)
  process.exit(1)
}
