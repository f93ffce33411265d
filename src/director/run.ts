// Set-up and teardown on a host, as commands call them. What they do is planned in setup.ts and teardown.ts.

import type {Problem} from '../domain/problem.ts'
import {type RunEvents, runRole} from '../host/carry-out.ts'
import type {Host, HostReader} from '../host/host.ts'
import type {RolePlan} from '../host/step.ts'
import type {BackendName} from '../persist/backend-names.ts'
import {planLastingSetup, planLastingTeardown, withKept} from '../persist/join.ts'
import {nameAnswers, othersAnswer} from './answers.ts'
import {unasked} from './cautions.ts'
import {findLink} from './device.ts'
import {askAround, lookAround, observe} from './observe.ts'
import type {Surroundings} from './observed.ts'
import type {SetupRequest, TeardownRequest} from './request.ts'
import {type DirectorPlan, planSetup} from './setup.ts'
import {planTeardown} from './teardown.ts'

export interface LastingRequest extends SetupRequest {
  /** How it comes back after a reboot; not at all where not given. */
  readonly persist?: BackendName
}

export function setUpDirector(host: Host, request: LastingRequest, events?: RunEvents): DirectorPlan {
  return runRole('director', host, planner(host, request), events)
}

/** What it would do. */
export function rehearseSetup(host: HostReader, request: LastingRequest): DirectorPlan {
  return planner(host, request)()
}

/** After a VIP was taken over: what speaks against having it alone. */
export function sharedAfter(host: HostReader, {vips, device}: SetupRequest): readonly Problem[] {
  const observed = observe(host)
  const link = findLink(device, observed)
  const {heard, unheard} = askAround(host, device, vips)
  if (!heard) return [unasked(vips, unheard)]
  const around = {observed, neighbours: host.neighbours()}
  return vips.flatMap((vip) => othersAnswer(vip, device, nameAnswers(vip, link, heard.get(vip) ?? [], around)))
}

export function tearDownDirector(host: Host, request: TeardownRequest, events?: RunEvents): RolePlan {
  return runRole('director', host, () => rehearseTeardown(host, request), events)
}

export function rehearseTeardown(host: HostReader, request: TeardownRequest): RolePlan {
  const plan = planTeardown(request, observe(host))
  const going = request.vips ?? (request.device === undefined ? undefined : plan.vips)
  return planLastingTeardown('director', going, host, plan)
}

/** The neighbours are asked once: reading back is about this host. */
function planner(host: HostReader, {persist, ...request}: LastingRequest): () => DirectorPlan {
  let around: Surroundings | undefined
  const planOn = (on: HostReader) => {
    const observed = observe(on)
    around ??= lookAround(host, request, observed)
    return planSetup(request, observed, around)
  }
  const {vips} = request
  return () =>
    persist === undefined
      ? withKept('director', vips, host, planOn(host))
      : planLastingSetup({role: 'director', backend: persist, vips, host, planOn})
}
