// A problem as JSON, in errors as in warnings.

import type {Problem} from '../domain/problem.ts'

export function problemShape({code, severity, where, message, hint}: Problem) {
  return {code, severity, where: where ?? null, message, hint: hint ?? null}
}
