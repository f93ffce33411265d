// What package.json says of the program: its name and version, and what help says of the topics.

import type {PJSON} from '@oclif/core/interfaces'
import json from '../../package.json' with {type: 'json'}

export const packageJson = json as unknown as PJSON & {readonly name: string; readonly version: string}

/** What --version prints, in oclif's words. */
export const userAgent = `${packageJson.name}/${packageJson.version} ${process.platform}-${process.arch} node-${process.version}`
