// The option that the lab's commands share. Its values are checked by lab/topologies.ts, which is loaded only then.

import {string} from '@oclif/core/flags'

export const topologyFlag = string({
  summary: 'The network: dr (one segment), nat (real servers behind the director), tun (with IPIP tunnels).',
  helpValue: 'dr|nat|tun',
  default: 'dr',
})
