// Completion on a real kernel: what ipvsadm put into the table is what TAB offers, to root and to anybody, in the network
// namespace where the shell is; and looking for it loads no module.

import {beforeAll, describe, expect, test} from 'vitest'
import {dr} from '../../src/lab/topologies.ts'
import {useLab} from '../support/lab.ts'

const lab = useLab(dr)

const asUser = 'setpriv --bounding-set -all --inh-caps -all --reuid 65534 --regid 65534 --clear-groups '

/** The words alone. */
async function offered(host: string, words: string, as = ''): Promise<readonly string[]> {
  const {stdout, stderr} = await lab.on(host, `${as}lvsctl complete zsh '' ${words}`)
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split('\t')[0] as string)
}

test('before there is a table nothing is offered, and no module is loaded for it', async () => {
  const modules = async () => (await lab.on(undefined, 'cut -d" " -f1 /proc/modules | sort')).stdout
  const before = await modules()
  expect(await offered('director', "service show 'tcp'")).toEqual([])
  expect(await modules()).toBe(before)
})

describe('with a table', () => {
  beforeAll(async () => {
    const input = `-A -t 192.168.1.200:8080 -s wrr
-a -t 192.168.1.200:8080 -r 192.168.1.111 -g -w 3
-a -t 192.168.1.200:8080 -r 192.168.1.115 -g -w 0
-A -u 192.168.1.200:53 -s rr
-A -t [2001:db8:1::200]:8080 -s sh -b sh-port
-a -t [2001:db8:1::200]:8080 -r [2001:db8:1::111]:8080 -g
-A -f 7 -s rr -p 300
-A -f 7 -6 -s rr
-a -f 7 -6 -r [2001:db8:1::115]:0 -g
`
    await lab.on('director', 'ipvsadm -R', {input})
  })

  describe.each([
    ['root', ''],
    ['an ordinary user', asUser],
  ])('%s', (_who, as) => {
    test.each<[string, readonly string[]]>([
      ["service show 't'", ['tcp://192.168.1.200:8080', 'tcp://[2001:db8:1::200]:8080']],
      ["service show -t '['", ['[2001:db8:1::200]:8080']],
      ["service delete -u ''", ['192.168.1.200:53']],
      ["server edit -t 192.168.1.200:8080 -r ''", ['192.168.1.111:8080', '192.168.1.115:8080']],
      ["server edit -f 7 -6 -r ''", ['[2001:db8:1::115]:0']],
      ["server add -t 192.168.1.200:8080 -r ''", []],
      ["director setup --dev ''", ['lo', 'eth0']],
      ["ipvsadm -D -t '1'", ['192.168.1.200:8080']],
    ])('%s', async (words, expected) => expect(await offered('director', words, as)).toEqual(expected))
  })

  test('other hosts have a table of their own', async () => {
    expect(await offered('rs1', "service show 't'")).toEqual([])
  })

  test('--netns leads there', async () => {
    const names = await offered('client', "list --netns ''")
    expect(names).toEqual(expect.arrayContaining(['client', 'director', 'rs1', 'rs2']))
    expect(await offered('client', "service show --netns director 'u'")).toEqual(['udp://192.168.1.200:53'])
    expect(await offered('client', "service show --netns director 'u'", asUser)).toEqual([])
  })

  test('in bash, the whole way', async () => {
    const script = `eval "$(lvsctl completion bash)"
COMP_LINE='lvsctl service show tcp://[2001:' COMP_POINT=32 COMP_CWORD=6
COMP_WORDS=(lvsctl service show tcp : '//[2001' :)
_lvsctl
printf '<%s>' "\${COMPREPLY[@]}"`
    const {stdout, stderr} = await lab.on('director', 'bash', {input: script})
    expect({stdout, stderr}).toEqual({stdout: '<db8:1::200]:8080>', stderr: ''})
  })
})
