// --netns: into another network namespace, and what to say where that is not possible.

import {readdirSync} from 'node:fs'
import {enterNamespace, NamespaceError, namespaceFolder, parseNamespace} from '../../native/namespace.ts'
import {nearest} from '../domain/nearest.ts'
import {LvsctlError} from '../domain/problem.ts'

export function enterNetworkNamespace(name: string): void {
  try {
    enterNamespace(parseNamespace(name))
  } catch (error) {
    throw error instanceof NamespaceError ? explainNamespace(name, error, namespaceNames()) : error
  }
}

export function explainNamespace(name: string, error: NamespaceError, known: readonly string[]): LvsctlError {
  const cause = error
  switch (error.reason) {
    case 'missing':
      return new LvsctlError({
        failure: 'missing',
        code: 'namespace-missing',
        message: `no network namespace "${name}" (${error.path})`,
        hint: hintFor(name, known),
        cause,
      })
    case 'not-permitted':
      return new LvsctlError({
        failure: 'permission',
        code: 'namespace-not-permitted',
        message: `not permitted: entering the network namespace "${name}" needs root (CAP_SYS_ADMIN)`,
        hint: 'Try: sudo lvsctl …',
        cause,
      })
    case 'not-a-namespace':
      return new LvsctlError({
        failure: 'usage',
        code: 'namespace-invalid',
        message: `${error.path} is not a network namespace`,
        cause,
      })
    case 'failed':
      return new LvsctlError({
        failure: 'unexpected',
        code: 'namespace-failed',
        message: `cannot enter the network namespace "${name}": ${error.errno}`,
        cause,
      })
  }
}

function hintFor(name: string, known: readonly string[]): string {
  if (known.length === 0) return `There are none in ${namespaceFolder}. Make one: ip netns add ${name}`
  const [near] = nearest(name, known)
  return `${near === undefined ? '' : `Did you mean ${near}? `}There are: ${known.join(', ')}`
}

function namespaceNames(): readonly string[] {
  try {
    return readdirSync(namespaceFolder).sort()
  } catch {
    return []
  }
}
