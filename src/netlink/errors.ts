// The one error of this floor: what was asked of the kernel, and the errno it (or the socket) answered. What that means
// to an operator is said by the floors above.

/** asm-generic/errno-base.h and errno.h: every Linux this runs on, except mips, sparc, alpha and parisc. */
const errnoNames: readonly (readonly [number: number, name: string])[] = [
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [3, 'ESRCH'],
  [4, 'EINTR'],
  [5, 'EIO'],
  [6, 'ENXIO'],
  [7, 'E2BIG'],
  [9, 'EBADF'],
  [11, 'EAGAIN'],
  [12, 'ENOMEM'],
  [13, 'EACCES'],
  [14, 'EFAULT'],
  [16, 'EBUSY'],
  [17, 'EEXIST'],
  [18, 'EXDEV'],
  [19, 'ENODEV'],
  [20, 'ENOTDIR'],
  [21, 'EISDIR'],
  [22, 'EINVAL'],
  [23, 'ENFILE'],
  [24, 'EMFILE'],
  [25, 'ENOTTY'],
  [27, 'EFBIG'],
  [28, 'ENOSPC'],
  [30, 'EROFS'],
  [32, 'EPIPE'],
  [33, 'EDOM'],
  [34, 'ERANGE'],
  [36, 'ENAMETOOLONG'],
  [38, 'ENOSYS'],
  [40, 'ELOOP'],
  [42, 'ENOMSG'],
  [61, 'ENODATA'],
  [71, 'EPROTO'],
  [74, 'EBADMSG'],
  [75, 'EOVERFLOW'],
  [84, 'EILSEQ'],
  [88, 'ENOTSOCK'],
  [89, 'EDESTADDRREQ'],
  [90, 'EMSGSIZE'],
  [91, 'EPROTOTYPE'],
  [92, 'ENOPROTOOPT'],
  [93, 'EPROTONOSUPPORT'],
  [94, 'ESOCKTNOSUPPORT'],
  [95, 'EOPNOTSUPP'],
  [96, 'EPFNOSUPPORT'],
  [97, 'EAFNOSUPPORT'],
  [98, 'EADDRINUSE'],
  [99, 'EADDRNOTAVAIL'],
  [100, 'ENETDOWN'],
  [101, 'ENETUNREACH'],
  [103, 'ECONNABORTED'],
  [104, 'ECONNRESET'],
  [105, 'ENOBUFS'],
  [106, 'EISCONN'],
  [107, 'ENOTCONN'],
  [110, 'ETIMEDOUT'],
  [111, 'ECONNREFUSED'],
  [112, 'EHOSTDOWN'],
  [113, 'EHOSTUNREACH'],
  [114, 'EALREADY'],
  [115, 'EINPROGRESS'],
  [125, 'ECANCELED'],
]

const nameOf = new Map(errnoNames)
const numberOf = new Map(errnoNames.map(([number, name]) => [name, number]))

/** `EEXIST` for 17; an unlisted number is spelled `errno 523`. */
export const errnoName = (number: number): string => nameOf.get(number) ?? `errno ${number}`

export function errnoNumber(name: string): number {
  const number = numberOf.get(name)
  if (number === undefined) throw new TypeError(`not an errno: ${name}`)
  return number
}

export class NetlinkError extends Error {
  override readonly name = 'NetlinkError'
  /** `EEXIST`; `ETIMEDOUT` where no answer came, `EMSGSIZE` where one was cut, `ENOBUFS` where answers were lost. */
  readonly errno: string
  readonly number: number
  /** What was asked: `RTM_NEWADDR`, `setns`. */
  readonly operation: string
  /** The kernel's own words (extended ack) or ours, where there are any. */
  readonly detail?: string

  constructor(operation: string, errno: string | number, detail?: string) {
    const name = typeof errno === 'number' ? errnoName(errno) : errno
    super(`${operation}: ${name}${detail === undefined ? '' : ` (${detail})`}`)
    this.operation = operation
    this.errno = name
    this.number = typeof errno === 'number' ? errno : errnoNumber(errno)
    if (detail !== undefined) this.detail = detail
  }
}
