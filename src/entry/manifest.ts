// What help says of every command, kept by the build in place of this file. Run from source there is none, and help asks
// the commands themselves.

import type {Manifest} from '@oclif/core/interfaces'

export const builtManifest: Manifest | undefined = undefined
