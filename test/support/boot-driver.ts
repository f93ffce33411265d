// Boot, as the lab needs it: installs, removes and looks at the unit, answering JSON; and is itself the program that the
// unit runs, which chooses the file by our rules and has the real ipvsadm load it.
//   node boot-driver.ts install '{"program": {"node": …, "script": …}, "network": false}'
//   node boot-driver.ts remove | status | restore --boot

import {execFileSync} from 'node:child_process'
import {linuxHost} from '../../src/host/linux-host.ts'
import type {RolePlan} from '../../src/host/step.ts'
import {bootStatus, installBoot, removeBoot} from '../../src/state/boot.ts'
import {bootRules} from '../../src/state/boot-rules.ts'

const host = linuxHost()

const told = ({steps, warnings}: RolePlan) => ({
  lines: steps.map(({line}) => line),
  warnings: warnings.map(({code}) => code),
})

const actions = {
  install: (request: string) => told(installBoot(host, JSON.parse(request))),
  remove: () => told(removeBoot(host)),
  status: () => bootStatus(host),
  restore: () => {
    const rules = bootRules(host)
    if (rules) execFileSync('/sbin/ipvsadm-restore', {input: host.readFile(rules.path) ?? ''})
    return rules
  },
}

export type BootAction = keyof typeof actions

const [action, argument = ''] = process.argv.slice(2)
console.log(JSON.stringify(actions[action as BootAction](argument) ?? null))
