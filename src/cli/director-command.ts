// What the commands of the director role share: the IPVS table, which they look at and do not change.

import type {ListedService} from '../table/listing.ts'
import {RoleCommand} from './role-command.ts'

export abstract class DirectorCommand extends RoleCommand {
  /**
   * Empty where the module is not loaded: asking the kernel for the table would load it. Where there is none at all it is
   * the same, but with `needed`, which throws then.
   */
  protected async services({needed = false} = {}): Promise<readonly ListedService[]> {
    const state = (await this.context.host()).module('ip_vs')
    if (state === 'available' || (state === 'missing' && !needed)) return []
    const {maybeMore, readListing} = await import('../table/read-listing.ts')
    const {services, whole} = await readListing(this.context)
    if (!whole) this.note(maybeMore)
    return [...services]
  }
}
