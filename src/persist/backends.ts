// The ways into the boot, by the names of --persist.

import type {Backend} from './backend.ts'
import type {BackendName} from './backend-names.ts'
import {ifupdown} from './backends/ifupdown.ts'
import {netplan} from './backends/netplan.ts'
import {networkd} from './backends/networkd.ts'
import {networkmanager} from './backends/networkmanager.ts'
import {systemd} from './backends/systemd.ts'

export const backends: Readonly<Record<BackendName, Backend>> = {systemd, networkd, networkmanager, netplan, ifupdown}
