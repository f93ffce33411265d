// The shell scripts that make a kernel into a lab guest: init (root file system), agent (takes orders), job (runs one
// command). Text only, from a few values; guest.ts writes them into the shared folder and boots.

import {shellQuote, shellWords} from './shell-quote.ts'

/** Where the guest sees the folder that it shares with the host. */
export const guestShared = '/run/lab'
/** The serial line of the agent (ssl0) and the terminal of the interactive shell (con1). */
const agentDevice = '/dev/ttyS0'
export const terminalDevice = '/dev/tty1'

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/run/home',
  USER: 'root',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
}

/**
 * PID 1. The root is the host's own, read-only (hostfs); a tmpfs above it (overlay) takes every write. pivot_root rather
 * than chroot: kernel threads follow it, so that the kernel's own `modprobe` calls find the modules as on a real host.
 * Nothing is mounted over /tmp, /home or /root: the project may lie there. This is a rehearsal room, not a prison: root
 * in the guest could mount the host's files writable, with the rights of the user who booted it.
 */
export function initScript(sharedOnHost: string): string {
  return `#!/bin/sh
export PATH=${environment.PATH}
trap 'echo "lab: init failed"; busybox poweroff -f' EXIT
set -e
busybox mount -t proc proc /proc
read -r release </proc/sys/kernel/osrelease
modules=/usr/lib/uml/modules/$release
for module in "$modules"/kernel/fs/overlayfs/overlay.ko*; do
  [ ! -e "$module" ] || insmod "$module"
done
busybox mount -t tmpfs tmpfs /mnt
cd /mnt
mkdir upper work root
busybox mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
cd root
busybox mount -t tmpfs -o mode=755 tmpfs run
mkdir -p run/old run/home .${guestShared} lib/modules usr/local/sbin
ln -sfn "$modules" "lib/modules/$release"
busybox mount -t proc proc proc
busybox mount -t sysfs sysfs sys
busybox mount -t devtmpfs devtmpfs dev
mkdir -p dev/pts dev/shm
busybox mount -t devpts devpts dev/pts
# As udev has them: bash's <(command) is /dev/fd/63.
ln -s /proc/self/fd dev/fd
for stream in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${stream%:*}" "dev/\${stream#*:}"; done
busybox mount -t hostfs -o ${shellQuote(sharedOnHost)} none .${guestShared}
pivot_root . run/old
busybox umount -l /run/old
cp ${guestShared}/boot/bin/* /usr/local/sbin/
cp ${guestShared}/boot/bashrc /run/home/.bashrc
for tool in ping arping; do
  command -v $tool >/dev/null || busybox ln -s "$(command -v busybox)" /usr/local/sbin/$tool
done
ip link set lo up
echo lab >/proc/sys/kernel/hostname
exec env -i ${shellWords(Object.entries(environment).map(([name, value]) => `${name}=${value}`))} bash ${guestShared}/boot/agent
`
}

/**
 * Reads orders (protocol.ts) until the host hangs up, then powers off: a guest never outlives its host process. A host
 * that was gone before the line was opened is no end of input in UML; the first answer cannot be written then.
 * `set -m` gives each job a process group of its own, to be killed by; and without it a shell starts what it puts in the
 * background with SIGINT ignored, and Ctrl-C would be dead in everything a job starts. dash wants a terminal for it,
 * bash does not.
 */
export function agentScript(): string {
  return `#!/bin/bash
set -m
exec 3<>${agentDevice}
stty raw -echo <&3
echo ready >&3 || busybox poweroff -f
while read -r order id host <&3; do
  case $order in
  run)
    sh ${guestShared}/boot/job "$id" "$host" &
    groups[$id]=$!
    ;;
  kill)
    kill -KILL -- "-\${groups[$id]}"
    echo "killed $id" >&3
    ;;
  esac
done
busybox poweroff -f
`
}

/** Runs `job ID HOST`: files in, files out, one answer line. The job itself does not see the serial line. */
export function jobScript(): string {
  return `#!/bin/sh
cd /
. ${guestShared}/jobs/"$1"/env
if [ "$2" = - ]; then
  sh ${guestShared}/jobs/"$1"/command
else
  ip netns exec "$2" sh ${guestShared}/jobs/"$1"/command
fi <${guestShared}/jobs/"$1"/in >${guestShared}/jobs/"$1"/out 2>${guestShared}/jobs/"$1"/err 3>&-
echo "done $1 $?" >&3
`
}

/** Commands that only the guest has. */
export function guestCommands(lvsctl: readonly string[]): Record<string, string> {
  return {
    lvsctl: `#!/bin/sh\nexec ${shellWords(lvsctl)} "$@"\n`,
    on: `#!/bin/sh\n# on HOST COMMAND...: run a command on one host of the lab\nexec ip netns exec "$@"\n`,
  }
}

/** The prompt says which host of the lab a shell is on. */
export function bashrc(): string {
  return `PS1="$(ip netns identify 2>/dev/null | grep . || echo lab):\\w# "
HISTFILE=
alias ls='ls --color=auto'
`
}
