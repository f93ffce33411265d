// What masquerades on the machine's twin: each rule once.

import {masqueradeExists, masqueradeMissing} from './failures.ts'
import type {FakeTableRules} from './fake-table.ts'
import type {Masquerade} from './host.ts'

const isSame = (a: Masquerade, b: Masquerade): boolean => a.vip === b.vip && a.tool === b.tool

export const masqueradeRules: FakeTableRules<Masquerade> = {
  excludes: isSame,
  exists: masqueradeExists,
  isMeant: isSame,
  missing: masqueradeMissing,
  line: ({vip, tool}) => `masquerade ${vip} by ${tool}`,
}
