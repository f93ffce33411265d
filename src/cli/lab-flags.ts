// The options that the lab's commands share. A network's name is checked by lab/topologies.ts, which is loaded only then.

import {string} from '@oclif/core/flags'
import type {FlagInput} from '@oclif/core/interfaces'
import {BaseCommand} from './base-command.ts'

/** The guest has namespaces of its own, and what runs in it speaks for itself: no --netns, no --quiet. */
export const labBaseFlags = {verbose: BaseCommand.baseFlags.verbose as NonNullable<FlagInput[string]>}

export const topologyFlag = string({
  summary: 'The network: dr (one segment), nat (real servers behind the director), tun (with IPIP tunnels).',
  helpValue: 'dr|nat|tun',
  default: 'dr',
})
