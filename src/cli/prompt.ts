// A line asked for on the terminal, by inquirer: the only file that knows it. Questions go to standard error.

import inquirer from 'inquirer'

const theme = {prefix: {idle: '›', done: '›'}}

/** Enter alone answers the proposal; undefined: nobody answers any more (Ctrl-C, Ctrl-D, the terminal is gone). */
export async function askOnTerminal(question: string, proposal: string | undefined): Promise<string | undefined> {
  const prompt = inquirer.createPromptModule({output: process.stderr})
  // At Ctrl-D inquirer neither answers nor fails, and the process has nothing left to do.
  const nothingLeft = Promise.withResolvers<undefined>()
  const end = () => nothingLeft.resolve(undefined)
  process.once('beforeExit', end)
  try {
    const asked = prompt<{answer: string}>([
      {type: 'input', name: 'answer', message: question, theme, ...(proposal && {default: proposal})},
    ])
    return (await Promise.race([asked, nothingLeft.promise]))?.answer
  } catch (error) {
    if ((error as Error).name === 'ExitPromptError') return undefined
    throw error
  } finally {
    process.off('beforeExit', end)
  }
}
