// What to say where IPVS's file in /proc is not.

import {LvsctlError} from '../../domain/problem.ts'

/** `told`: LVSCTL_PROC says where it is. `what` would be in it; `consequence` of there being no IPVS. */
export function procAbsent(
  path: string,
  {told, what, consequence = ''}: {readonly told: boolean; readonly what: string; readonly consequence?: string},
): LvsctlError {
  if (told)
    return new LvsctlError({
      failure: 'missing',
      code: 'proc-missing',
      message: `no file ${path}, and LVSCTL_PROC says that ${what} there`,
    })
  return new LvsctlError({
    failure: 'unsupported',
    code: 'ipvs-unavailable',
    message: `this kernel has no IPVS, or its module ip_vs is not loaded${consequence}`,
    hint: 'Load it: sudo modprobe ip_vs. To rehearse without it: lvsctl lab',
  })
}
