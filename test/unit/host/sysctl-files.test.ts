import {expect, test} from 'vitest'
import {FakeHost} from '../../../src/host/fake-host.ts'
import {persistedSysctls} from '../../../src/host/sysctl-files.ts'

const key = 'net.ipv4.conf.all.arp_ignore'
const at = (files: Record<string, string>, of = key) => {
  const found = persistedSysctls(new FakeHost({files}))(of)
  return found && `${found.file}:${found.line} ${found.value}`
}

test.each<[string, Record<string, string>, string | undefined]>([
  ['nobody', {}, undefined],
  ['one file', {'/etc/sysctl.d/90-lvs.conf': `# quiet\n\n${key} = 1\n`}, '/etc/sysctl.d/90-lvs.conf:3 1'],
  ['the later line', {'/etc/sysctl.d/90-lvs.conf': `${key}=1\n${key}=2`}, '/etc/sysctl.d/90-lvs.conf:2 2'],
  [
    'the later name, wherever it lies',
    {'/etc/sysctl.d/10-a.conf': `${key}=1`, '/usr/lib/sysctl.d/50-b.conf': `${key}=2`},
    '/usr/lib/sysctl.d/50-b.conf:1 2',
  ],
  [
    'of one name that in /etc, and the others not at all',
    {'/etc/sysctl.d/50-b.conf': '', '/run/sysctl.d/50-b.conf': `${key}=1`, '/usr/lib/sysctl.d/50-b.conf': `${key}=2`},
    undefined,
  ],
  [
    '/run before /usr/lib',
    {'/run/sysctl.d/5.conf': `${key}=1`, '/usr/lib/sysctl.d/5.conf': `${key}=2`},
    '/run/sysctl.d/5.conf:1 1',
  ],
  ['other names are no such files', {'/etc/sysctl.d/90-lvs.conf.bak': `${key}=1`}, undefined],
  ['sysctl.conf last', {'/etc/sysctl.d/99-z.conf': `${key}=1`, '/etc/sysctl.conf': `${key}=0`}, '/etc/sysctl.conf:1 0'],
  ['with slashes', {'/etc/sysctl.d/1.conf': 'net/ipv4/conf/all/arp_ignore=1'}, '/etc/sysctl.d/1.conf:1 1'],
  ['whose failure would not matter', {'/etc/sysctl.d/1.conf': `-${key} = 1`}, '/etc/sysctl.d/1.conf:1 1'],
  ['a pattern', {'/etc/sysctl.d/1.conf': 'net.ipv4.conf.*.arp_ignore = 1'}, '/etc/sysctl.d/1.conf:1 1'],
  [
    'what is named beats a pattern that comes later',
    {'/etc/sysctl.d/1.conf': `${key}=1\nnet.ipv4.conf.*.arp_ignore=2`},
    '/etc/sysctl.d/1.conf:1 1',
  ],
  ['kept from patterns', {'/etc/sysctl.d/1.conf': `net.ipv4.conf.*.arp_ignore=2\n-${key}`}, undefined],
  ['a comment', {'/etc/sysctl.d/1.conf': `;${key}=1\n#${key}=1`}, undefined],
])('%s', (_what, files, expected) => expect(at(files)).toBe(expected))

test('a dot in the name of an interface', () => {
  const of = 'net.ipv4.conf.eth0/100.arp_ignore'
  for (const line of [`${of}=1`, 'net/ipv4/conf/eth0.100/arp_ignore=1', 'net.ipv4.conf.*.arp_ignore=1'])
    expect(at({'/etc/sysctl.d/1.conf': line}, of)).toBe('/etc/sysctl.d/1.conf:1 1')
  expect(at({'/etc/sysctl.d/1.conf': 'net.ipv4.conf.eth0.100.arp_ignore=1'}, of)).toBeUndefined()
})
