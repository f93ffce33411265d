import {expect, test} from 'vitest'
import {NamespaceError} from '../../../native/namespace.ts'
import {explainNamespace} from '../../../src/cli/namespace.ts'

const explain = (errno: string, known: readonly string[] = ['blue', 'green']) => {
  const {exit, message, hint} = explainNamespace('bleu', new NamespaceError('/run/netns/bleu', errno), known)
  return [exit, message, hint]
}

test.each([
  ['ENOENT', 3, 'no network namespace "bleu" (/run/netns/bleu)', 'Did you mean blue? There are: blue, green'],
  ['EPERM', 5, 'not permitted: entering the network namespace "bleu" needs root (CAP_SYS_ADMIN)', 'Try: sudo lvsctl …'],
  ['EINVAL', 2, '/run/netns/bleu is not a network namespace', undefined],
  ['EIO', 1, 'cannot enter the network namespace "bleu": EIO', undefined],
])('%s', (errno, ...expected) => expect(explain(errno)).toEqual(expected))

test('a machine without named namespaces', () => {
  expect(explain('ENOENT', [])[2]).toBe('There are none in /run/netns. Make one: ip netns add bleu')
})
