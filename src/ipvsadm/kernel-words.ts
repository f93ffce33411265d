// ipvsadm's words for what the kernel answers: its own where it has some, else the C library's for the errno.

import {LvsctlError} from '../domain/problem.ts'
import type {Operation} from '../plan/operation.ts'

type Kind = Operation['do']

const own: readonly (readonly [kinds: readonly Kind[], errno: string, text: string])[] = [
  [['add-service'], 'EEXIST', 'Service already exists'],
  [['add-service', 'edit-service'], 'ENOENT', 'Scheduler or persistence engine not found'],
  [['edit-service', 'delete-service', 'zero'], 'ESRCH', 'No such service'],
  [['add-server', 'edit-server', 'delete-server'], 'ESRCH', 'Service not defined'],
  [['add-server'], 'EEXIST', 'Destination already exists'],
  [['edit-server', 'delete-server'], 'ENOENT', 'No such destination'],
  [['start-daemon'], 'EEXIST', 'Daemon has already run'],
  [['stop-daemon'], 'ESRCH', 'No daemon is running'],
]

const general: Readonly<Record<string, string>> = {
  EPERM: 'Permission denied (you must be root)',
  EINVAL: 'Invalid operation.  Possibly wrong module version, address not unicast, ...',
  ENOPROTOOPT: 'Protocol not available',
  ENOMEM: 'Memory allocation problem',
  EOPNOTSUPP: 'Operation not supported with IPv6',
  EAFNOSUPPORT: 'Operation not supported with specified address family',
  EMSGSIZE: 'Module is wrong version',
}

/** strerror(3) of glibc, for what may come here. */
const library: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  EINTR: 'Interrupted system call',
  EIO: 'Input/output error',
  EAGAIN: 'Resource temporarily unavailable',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  ENODEV: 'No such device',
  ENFILE: 'Too many open files in system',
  EMFILE: 'Too many open files',
  ERANGE: 'Numerical result out of range',
  EPROTONOSUPPORT: 'Protocol not supported',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  ENOSPC: 'No space left on device',
  EDQUOT: 'Disk quota exceeded',
  EFBIG: 'File too large',
  ENOBUFS: 'No buffer space available',
  ETIMEDOUT: 'Connection timed out',
}

/** `kind`: of the operation that was refused; undefined for reading. */
export function kernelWords(errno: string, kind?: Kind): string {
  const row = own.find(([kinds, one]) => one === errno && kind !== undefined && kinds.includes(kind))
  return row?.[2] ?? general[errno] ?? library[errno] ?? errno
}

/** Of what the client throws where nothing can be known; undefined for a fault of the program's own. */
export function wordsOfError(error: unknown): string | undefined {
  if (!(error instanceof LvsctlError)) return undefined
  // ipvsadm takes a family that nobody knows for an option of sockets that is not there.
  if (error.code === 'ipvs-unavailable' || error.code === 'netlink-unavailable') return kernelWords('ENOPROTOOPT')
  const {errno} = (error.cause ?? {}) as {readonly errno?: unknown}
  return typeof errno === 'string' ? kernelWords(errno) : error.message
}
