// The lines that host and guest exchange over the guest's serial line, and nothing about how they travel. A job's
// command, input and output are files in the shared folder; a line only says which job.
//
//   host → guest    run 7 rs1      start job 7 in namespace rs1 (- is the guest itself)
//                   kill 7         end job 7 and all that it started in its session
//   guest → host    ready          the agent listens
//                   done 7 0       job 7 ended with code 0
//                   killed 7       job 7 was killed as asked

export type Answer =
  | {readonly kind: 'ready'}
  | {readonly kind: 'done'; readonly job: number; readonly code: number}
  | {readonly kind: 'killed'; readonly job: number}

/** The guest itself, where a namespace could be named. */
const noHost = '-'

/** A name that the line cannot carry would be read as something else: refused, it is a mistake of the caller. */
export function formatRun(job: number, host: string = noHost): string {
  if (!/^[\w.-]+$/.test(host)) throw new TypeError(`not the name of a lab host: ${JSON.stringify(host)}`)
  return `run ${job} ${host}\n`
}

export function formatKill(job: number): string {
  return `kill ${job}\n`
}

/** Undefined for a line that is not one of ours: whoever writes to /dev/ttyS0 in the guest must not confuse the host. */
export function parseAnswer(line: string): Answer | undefined {
  if (line === 'ready') return {kind: 'ready'}
  const match = /^(done|killed) (\d{1,9})(?: (\d{1,3}))?$/.exec(line)
  if (!match) return undefined
  const [, kind, job, code] = match
  if (kind === 'done') return code === undefined ? undefined : {kind, job: Number(job), code: Number(code)}
  return code === undefined ? {kind: 'killed', job: Number(job)} : undefined
}

/** Cuts a stream of chunks into lines; an unfinished line waits for its rest. */
export function lineReader(onLine: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}
