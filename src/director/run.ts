// Set-up and teardown on a host, as commands call them. What they do is planned in setup.ts and teardown.ts.

import {type RunEvents, runRole} from '../host/carry-out.ts'
import type {Host} from '../host/host.ts'
import type {RolePlan} from '../host/step.ts'
import {observe} from './observe.ts'
import {planSetup, type SetupRequest} from './setup.ts'
import {planTeardown, type TeardownRequest} from './teardown.ts'

export function setUpDirector(host: Host, request: SetupRequest, events?: RunEvents): RolePlan {
  return runRole('director', host, () => planSetup(request, observe(host)), events)
}

export function tearDownDirector(host: Host, request: TeardownRequest, events?: RunEvents): RolePlan {
  return runRole('director', host, () => planTeardown(request, observe(host)), events)
}
