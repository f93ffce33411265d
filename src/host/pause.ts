// Waiting without giving the thread away: what is waited for is short, and nothing else may run in between.

const nobody = new Int32Array(new SharedArrayBuffer(4))

export function pause(ms: number): void {
  Atomics.wait(nobody, 0, 0, ms)
}
