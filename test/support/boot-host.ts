// A host with systemd on which lvsctl lies where it can stay.

import type {Program} from '../../src/domain/program.ts'
import {FakeHost, type FakeState} from '../../src/host/fake-host.ts'

export const installedProgram: Program = {node: '/usr/bin/node', script: '/usr/lib/node_modules/lvsctl/bin/lvsctl'}

export const installedFiles: Readonly<Record<string, string>> = {
  [installedProgram.node]: 'node',
  [installedProgram.script]: '#!/usr/bin/env node',
  '/usr/lib/node_modules/lvsctl/dist/main.cjs': '',
}

export function bootHost({files, ...state}: FakeState = {}): FakeHost {
  return new FakeHost({...state, files: {...installedFiles, '/run/systemd/system/x': '', ...files}})
}
