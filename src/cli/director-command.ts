// What the commands of the director role share: the IPVS table, which they look at and do not change.

import type {ListedService} from '../table/listing.ts'
import {RoleCommand} from './role-command.ts'

export abstract class DirectorCommand extends RoleCommand {
  /** Empty where the module waits to be loaded, as asking the kernel for the table would do. Throws where there is none. */
  protected async services(): Promise<readonly ListedService[]> {
    const host = await this.context.host()
    if (host.module('ip_vs') === 'available') return []
    const {maybeMore, readListing} = await import('../table/read-listing.ts')
    const {services, whole} = await readListing(this.context)
    if (!whole) this.note(maybeMore)
    return [...services]
  }
}
