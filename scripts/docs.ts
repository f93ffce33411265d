// `node scripts/docs.ts`: docs/commands.md, made of what --help says. With --check it only says whether that page is up to
// date, which `npm run check` asks.

import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {commands} from '../src/entry/registry.ts'

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs', 'commands.md')

const names = Object.keys(commands).map((id) => id.replaceAll(':', ' '))
const text = `# Commands

<!-- Made by scripts/docs.ts from --help. Do not edit. -->

${names.map((name) => `- [\`lvsctl ${name}\`](#lvsctl-${name.replaceAll(' ', '-')})`).join('\n')}

${names.map((name) => `## lvsctl ${name}\n\n\`\`\`text\n${help(name)}\n\`\`\`\n`).join('\n')}`

if (!process.argv.includes('--check')) writeFileSync(page, text)
else if (readFileSync(page, 'utf8') !== text) {
  console.error('docs/commands.md is not what --help says now. Run: node scripts/docs.ts')
  process.exit(1)
}

function help(name: string): string {
  const env = {...process.env, OCLIF_COLUMNS: '100', NO_COLOR: '1'}
  return execFileSync(process.execPath, [join(root, 'bin', 'lvsctl'), ...name.split(' '), '--help'], {
    env,
    encoding: 'utf8',
  })
    .trimEnd()
    .replace(/[ \t]+$/gm, '')
}
