// Which UDP ports, on which the machine's twin unwraps packets, keep each other out.

import {describeFouPort} from './describe.ts'
import {fouPortMissing, fouPortTaken} from './failures.ts'
import type {FakeTableRules} from './fake-table.ts'
import type {FouPort} from './host.ts'

export const fouRules: FakeTableRules<FouPort> = {
  excludes: (a, b) => a.port === b.port && a.family === b.family,
  exists: fouPortTaken,
  missing: fouPortMissing,
  line: (port) => `ip fou add ${describeFouPort(port)}`,
}
