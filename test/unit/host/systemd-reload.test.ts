// systemctl, asked to reload: with a program of the test's in its place. The real one would reload this machine's.

import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {linuxHost} from '../../../src/host/linux-host.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsctl-systemctl-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

function reload(script: string): void {
  const systemctl = join(folder, 'systemctl')
  writeFileSync(systemctl, `#!/bin/sh\n${script}\n`)
  chmodSync(systemctl, 0o755)
  linuxHost({systemctl}).apply({do: 'systemd-reload'})
}

test('is asked once, for that', () => {
  reload(`echo "$@" >>${folder}/asked`)
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('daemon-reload\n')
})

test.each([
  ['echo "Failed to connect to bus" >&2; exit 1', '"systemctl daemon-reload" failed: Failed to connect to bus'],
  ['exit 3', 'it ended with 3'],
  ['kill $$', 'it ended with SIGTERM'],
])('%s', (script, message) =>
  expect(() => reload(script)).toThrow(
    expect.objectContaining({code: 'host-failed', message: expect.stringContaining(message)}),
  ),
)

test('is not there', () =>
  expect(() => linuxHost({systemctl: join(folder, 'none')}).apply({do: 'systemd-reload'})).toThrow(
    expect.objectContaining({code: 'host-failed', message: expect.stringContaining('ENOENT')}),
  ))
