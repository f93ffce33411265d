// Set-up and teardown on a host, as commands call them. What they do is planned in setup.ts and teardown.ts; that it comes
// back at boot, or no longer does, in persist/.

import type {Address} from '../domain/address.ts'
import {LvsctlError} from '../domain/problem.ts'
import {type RunEvents, runRole} from '../host/carry-out.ts'
import type {Host, HostReader} from '../host/host.ts'
import type {RolePlan} from '../host/step.ts'
import type {BackendName} from '../persist/backend-names.ts'
import {planLastingSetup, planLastingTeardown, withKept} from '../persist/join.ts'
import {newGateways} from './gateway.ts'
import {type Observed, observe} from './observe.ts'
import {modulesFor} from './place.ts'
import type {SetupRequest} from './request.ts'
import {planSetup} from './setup.ts'
import {planTeardown, type TeardownRequest} from './teardown.ts'

export interface LastingRequest extends SetupRequest {
  /** How it comes back after a reboot; not at all where not given. */
  readonly persist?: BackendName
}

/** What it would do. */
export function planRealServer(request: LastingRequest, host: HostReader): RolePlan {
  return planner(request, host)()
}

/** Gateways are asked once: reading back is about this host. */
function planner({persist, ...request}: LastingRequest, host: HostReader): () => RolePlan {
  let silent: readonly Address[] | undefined
  const planOn = (on: HostReader) => {
    const observed = observe(on, modulesFor(request))
    silent ??= silentGateways(host, request.gateways ?? [], observed)
    return planSetup(request, observed, silent)
  }
  const {vips} = request
  return () =>
    persist === undefined
      ? withKept('realserver', vips, host, planOn(host))
      : planLastingSetup({role: 'realserver', backend: persist, vips, host, planOn})
}

/** How long a gateway may take to answer. */
const probeMs = 600

function silentGateways(host: HostReader, gateways: readonly Address[], observed: Observed): readonly Address[] {
  return newGateways(gateways, observed).flatMap(({gateway, interface: name}) => {
    try {
      const heard = host.probe({interface: name, targets: [gateway], timeoutMs: probeMs}).get(gateway) ?? []
      return heard.length === 0 ? [gateway] : []
    } catch (error) {
      // Without root nobody can be asked, and nothing is known.
      if (error instanceof LvsctlError) return []
      throw error
    }
  })
}

export function planRealServerTeardown(request: TeardownRequest, host: HostReader): RolePlan {
  return planLastingTeardown('realserver', request.vips, host, planTeardown(request, observe(host)))
}

export function setUpRealServer(host: Host, request: LastingRequest, events?: RunEvents): RolePlan {
  return runRole('realserver', host, planner(request, host), events)
}

export function tearDownRealServer(host: Host, request: TeardownRequest, events?: RunEvents): RolePlan {
  return runRole('realserver', host, () => planRealServerTeardown(request, host), events)
}
