// Set-up and teardown on a host, as commands call them. What they do is planned in setup.ts and teardown.ts; that it comes
// back at boot, or no longer does, in persist/.

import {type RunEvents, runRole} from '../host/carry-out.ts'
import type {Host, HostReader} from '../host/host.ts'
import type {RolePlan} from '../host/step.ts'
import type {BackendName} from '../persist/backend-names.ts'
import {planLastingSetup, planLastingTeardown, withKept} from '../persist/join.ts'
import {observe} from './observe.ts'
import {modulesFor} from './place.ts'
import type {SetupRequest} from './request.ts'
import {planSetup} from './setup.ts'
import {planTeardown, type TeardownRequest} from './teardown.ts'

export interface LastingRequest extends SetupRequest {
  /** How it comes back after a reboot; not at all where not given. */
  readonly persist?: BackendName
}

export function planRealServer({persist, ...request}: LastingRequest, host: HostReader): RolePlan {
  const planOn = (on: HostReader) => planSetup(request, observe(on, modulesFor(request)))
  if (persist === undefined) return withKept('realserver', request.vips, host, planOn(host))
  return planLastingSetup({role: 'realserver', backend: persist, vips: request.vips, host, planOn})
}

export function planRealServerTeardown(request: TeardownRequest, host: HostReader): RolePlan {
  return planLastingTeardown('realserver', request.vips, host, planTeardown(request, observe(host)))
}

export function setUpRealServer(host: Host, request: LastingRequest, events?: RunEvents): RolePlan {
  return runRole('realserver', host, () => planRealServer(request, host), events)
}

export function tearDownRealServer(host: Host, request: TeardownRequest, events?: RunEvents): RolePlan {
  return runRole('realserver', host, () => planRealServerTeardown(request, host), events)
}
