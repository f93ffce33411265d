import {expect, test} from 'vitest'
import {parseEtcServices} from '../../../src/formats/etc-services.ts'

const find = parseEtcServices(`# comment
http\t\t80/tcp\t\twww\t\t# WorldWideWeb HTTP
domain\t\t53/tcp
domain\t\t53/udp
broken line
http\t\t8080/tcp
empty
`)

test.each([
  ['http', 'tcp', 80],
  ['www', 'tcp', 80],
  ['http', 'udp', undefined],
  ['domain', 'udp', 53],
  ['broken', 'tcp', undefined],
  ['#', 'tcp', undefined],
])('%s/%s', (name, protocol, port) => expect(find(name, protocol)).toBe(port))
