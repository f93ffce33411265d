// Which UDP ports, on which the machine's twin unwraps packets, keep each other out.

import {describeFouPort} from './describe.ts'
import {fouPortMissing, fouPortTaken} from './failures.ts'
import type {FakeTableRules} from './fake-table.ts'
import type {FouPort} from './host.ts'

const isSame = (a: FouPort, b: FouPort): boolean => a.port === b.port && a.family === b.family

export const fouRules: FakeTableRules<FouPort> = {
  excludes: isSame,
  exists: fouPortTaken,
  isMeant: isSame,
  missing: fouPortMissing,
  line: (port) => `ip fou add ${describeFouPort(port)}`,
}
