// Set-up and teardown on a host, as commands call them. What they do is planned in setup.ts and teardown.ts.

import {type RunEvents, runRole} from '../host/carry-out.ts'
import type {Host} from '../host/host.ts'
import type {RolePlan} from '../host/step.ts'
import {observe} from './observe.ts'
import {modulesFor} from './place.ts'
import type {SetupRequest} from './request.ts'
import {planSetup} from './setup.ts'
import {planTeardown, type TeardownRequest} from './teardown.ts'

export function setUpRealServer(host: Host, request: SetupRequest, events?: RunEvents): RolePlan {
  return runRole('realserver', host, () => planSetup(request, observe(host, modulesFor(request))), events)
}

export function tearDownRealServer(host: Host, request: TeardownRequest, events?: RunEvents): RolePlan {
  return runRole('realserver', host, () => planTeardown(request, observe(host)), events)
}
