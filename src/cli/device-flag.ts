// --dev, of the commands about a director.

import {string} from '@oclif/core/flags'

export const deviceFlag = {
  dev: string({summary: 'The interface, such as eth0.', helpValue: 'INTERFACE'}),
}
