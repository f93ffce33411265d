// A shell script that dies in the middle: the programs with which it changes something kill it, and all of its process
// group, just before they would do their work.

import type {Lab} from './lab.ts'

export const mortalFolder = '/run/mortal'

/**
 * Run in the lab, it makes them. They die when `lives` is used up, where there is such a file, and those that would set
 * a sysctl named in the variable FAIL to 2 fail instead.
 */
export const mortalPrograms = `
mkdir -p ${mortalFolder}; cd ${mortalFolder}
cat >die <<'END'
[ -e ${mortalFolder}/lives ] || return 0
lives=$(cat ${mortalFolder}/lives)
[ "$lives" -gt 0 ] || kill -9 0
echo $((lives - 1)) >${mortalFolder}/lives
END
for program in ip sysctl mv rm; do
  cat >$program <<END
#!/bin/dash
case "$program \\$*" in
  *"\\\${FAIL-nothing}=2"*) exit 1 ;;
  *\\ show* | *\\ get\\ *) ;;
  ip* | sysctl*\\ -w\\ * | mv* | rm*) . ${mortalFolder}/die ;;
esac
exec $(command -v $program) "\\$@"
END
  chmod +x $program
done`

/** All in one go, for a process is dear in the lab. Prints what is wrong, and each kill. */
const killing = (script: string, word: 'start' | 'stop', vip: string): string => `${mortalPrograms}
quiet() { [ "$(cat /proc/sys/net/ipv4/conf/all/arp_ignore)$(cat /proc/sys/net/ipv4/conf/all/arp_announce)" = 12 ]; }
vip() { ip -o addr show to ${vip}/32 | grep -q .; }
try() { # LIVES
  echo $1 >lives
  code=0
  PATH=${mortalFolder}:$PATH setsid -w ${script} ${word} >/dev/null 2>&1 || code=$?
  rm lives
  if vip && ! quiet; then echo "wrong: heard when killed before change $1"; fi
  [ $code -eq 137 ] || return 1
  echo killed
}
must() { # WORD AFTER
  ${script} $1 >/dev/null 2>&1 || echo "wrong: $1 when killed before change $2"
}
for lives in $(seq 0 30); do
  [ ${word} = start ] || must start $lives
  try $lives || break
  [ ${word} = stop ] || must start $lives
  if [ ${word} = start ] && ! vip; then echo "wrong: no VIP when killed before change $lives"; fi
  must stop $lives
  if vip || quiet || ls /run/lvs-realserver/* >/dev/null 2>&1; then echo "wrong: left when killed before change $lives"; fi
done
must stop end`

export interface Killed {
  /** What was not as it must be, in words. */
  readonly wrong: readonly string[]
  /** How many changes there were to be killed before. */
  readonly killed: number
}

/**
 * `script start` or `script stop`, killed before every one of its changes and run again, and stopped in the end. `vip` is
 * IPv4, and must never be there while ARP is not quiet.
 */
export async function killEverywhere(
  lab: Lab,
  host: string,
  script: string,
  word: 'start' | 'stop',
  vip: string,
): Promise<Killed> {
  const {stdout} = await lab.on(host, killing(script, word, vip), {deadlineMs: 110_000})
  const lines = stdout.split('\n')
  return {
    wrong: lines.filter((line) => line.startsWith('wrong')),
    killed: lines.filter((line) => line === 'killed').length,
  }
}
