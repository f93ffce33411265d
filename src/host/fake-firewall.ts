// What masquerades on the machine's twin: each rule once.

import {masqueradeExists, masqueradeMissing} from './failures.ts'
import type {FakeTableRules} from './fake-table.ts'
import type {Masquerade} from './host.ts'

export const masqueradeRules: FakeTableRules<Masquerade> = {
  excludes: (a, b) => a.vip === b.vip && a.tool === b.tool,
  exists: masqueradeExists,
  missing: masqueradeMissing,
  line: ({vip, tool}) => `masquerade ${vip} by ${tool}`,
}
