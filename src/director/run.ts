// Set-up and teardown on a host, as commands call them. What they do is planned in setup.ts and teardown.ts.

import {type RunEvents, runRole} from '../host/carry-out.ts'
import type {Host, HostReader} from '../host/host.ts'
import type {RolePlan} from '../host/step.ts'
import {lookAround, observe} from './observe.ts'
import type {Surroundings} from './observed.ts'
import type {SetupRequest, TeardownRequest} from './request.ts'
import {type DirectorPlan, planSetup} from './setup.ts'
import {planTeardown} from './teardown.ts'

export function setUpDirector(host: Host, request: SetupRequest, events?: RunEvents): DirectorPlan {
  return runRole('director', host, planner(host, request), events)
}

/** What it would do. */
export function rehearseSetup(host: HostReader, request: SetupRequest): DirectorPlan {
  return planner(host, request)()
}

export function tearDownDirector(host: Host, request: TeardownRequest, events?: RunEvents): RolePlan {
  return runRole('director', host, () => planTeardown(request, observe(host)), events)
}

/** The neighbours are asked once: reading back is about this host. */
function planner(host: HostReader, request: SetupRequest): () => DirectorPlan {
  let around: Surroundings | undefined
  return () => {
    const observed = observe(host)
    around ??= lookAround(host, request, observed)
    return planSetup(request, observed, around)
  }
}
