import {describe, expect, test} from 'vitest'
import {shellNames, shells} from '../../../src/completion/shells.ts'
import {lvsctl, machine} from '../../support/run-command.ts'

test.each(shellNames)('%s', async (shell) => {
  const {script} = shells[shell]
  expect(await lvsctl(`completion ${shell}`)).toEqual({stdout: script, stderr: '', exit: 0})
  expect(JSON.parse((await lvsctl(`completion ${shell} --json`)).stdout)).toEqual({shell, script})
  expect(script).toContain(`made by: lvsctl completion ${shell}\n`)
})

describe('no shell', () => {
  test.each([
    ['completion', undefined, '✗ no shell is named\n  There are bash, zsh, fish\n'],
    ['completion', '/usr/bin/zsh', '✗ no shell is named\n  There are bash, zsh, fish. Yours: lvsctl completion zsh\n'],
    ['completion', '/bin/dash', '✗ no shell is named\n  There are bash, zsh, fish\n'],
    [
      'completion tcsh',
      '/bin/bash',
      '✗ no completion for the shell "tcsh"\n  There are bash, zsh, fish. Yours: lvsctl completion bash\n',
    ],
    ['completion constructor', undefined, '✗ no completion for the shell "constructor"\n  There are bash, zsh, fish\n'],
  ])('%s where $SHELL is %s', async (command, shell, stderr) => {
    const on = machine({env: shell === undefined ? {} : {SHELL: shell}})
    expect(await lvsctl(command, on)).toEqual({stdout: '', stderr, exit: 2})
  })
})
