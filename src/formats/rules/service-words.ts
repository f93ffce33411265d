// How a rule names its service.

import {formatServiceKey, type ServiceKey} from '../../domain/service.ts'
import {serviceArguments} from '../../domain/service-key.ts'

/** `-t 192.0.2.1:80`, `-f 7 -6`; `--service protocol-50://192.0.2.1:0` where ipvsadm has no option. */
export function serviceWords(key: ServiceKey): string {
  return (serviceArguments(key) ?? ['--service', formatServiceKey(key)]).join(' ')
}
