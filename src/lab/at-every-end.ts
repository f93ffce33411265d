// Undoing things however this process ends: normally, by an error, or by a signal. Only SIGKILL cannot be caught; for
// that the guest itself notices that its host is gone (guest-scripts.ts).

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

const undos = new Set<() => void>()

/** Registers a synchronous undo; the returned function takes it back. */
export function atEveryEnd(undo: () => void): () => void {
  if (undos.size === 0) listen()
  undos.add(undo)
  return () => {
    if (undos.delete(undo) && undos.size === 0) unlisten()
  }
}

function undoAll(): void {
  for (const undo of undos) {
    undos.delete(undo)
    try {
      undo()
    } catch {
      // The others must still be undone; there is nobody left to tell.
    }
  }
}

function onSignal(signal: NodeJS.Signals): void {
  undoAll()
  unlisten()
  // Without another listener the default action follows, so that the parent sees the true cause of death.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function listen(): void {
  process.on('exit', undoAll)
  for (const signal of signals) process.on(signal, onSignal)
}

function unlisten(): void {
  process.off('exit', undoAll)
  for (const signal of signals) process.off(signal, onSignal)
}
