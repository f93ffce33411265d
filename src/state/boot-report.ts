// What is said of installing and removing: sentences for people, and for a dry run the steps with the text of the file.

import type {RolePlan} from '../host/step.ts'
import {bootRulesPath} from './boot-rules.ts'
import {unitName} from './boot-unit.ts'

/** Each step as the line to type, and below a file what would be in it. */
export function bootPlanLines({steps}: RolePlan): readonly string[] {
  return steps.flatMap(({line, effect}) => [
    `[#] ${line}`,
    ...(effect.do === 'write-file' ? effect.content.trimEnd().split('\n').map(indented) : []),
  ])
}

const indented = (line: string): string => (line === '' ? '' : `    ${line}`)

export type BootChange = 'install' | 'remove'

const sentences = {
  install: {
    done: `rules come back at boot: ${unitName} is enabled\n  undo: lvsctl save --no-boot`,
    planned: `would make rules come back at boot, by ${unitName}`,
    idle: `${unitName} is enabled already: rules come back at boot`,
  },
  remove: {
    done: `rules do not come back at boot any more; ${bootRulesPath} is left as it is`,
    planned: `would have no rules come back at boot any more`,
    idle: `nothing to do: no unit of lvsctl brings rules back at boot`,
  },
} as const

export function bootReport(change: BootChange, {steps}: RolePlan, {dryRun}: {readonly dryRun: boolean}): string {
  const {done, planned, idle} = sentences[change]
  if (steps.length === 0) return idle
  return dryRun ? planned : done
}
