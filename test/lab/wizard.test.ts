// The wizard as a person meets it: at a terminal, to a cluster that serves traffic; with second thoughts, wrong answers
// and Ctrl-C on the way.

import {beforeEach, describe, expect, test} from 'vitest'
import {dr, labVip, nat} from '../../src/lab/topologies.ts'
import {savedRules} from '../support/ipvsadm.ts'
import {useLab} from '../support/lab.ts'
import {ask} from '../support/requests.ts'
import {useTerminal} from '../support/terminal.ts'

const {ipv4: vip} = labVip

describe('direct routing', () => {
  const lab = useLab(dr)
  const {type, shows, keys, screen} = useTerminal(lab, 'director', {columns: 100, rows: 60})

  test('from the first question to requests that are served', async () => {
    await type('lvsctl wizard')
    await shows(/VIP:PORT\s*$/)
    await type(`${vip}:8080`)
    await shows(/Real server\? .*WEIGHT\]\s*$/)
    await type('192.168.1.111 3')
    await shows(/192\.168\.1\.111:8080 answers, on the network of eth0/)
    await type('192.168.1.115')
    await shows(/192\.168\.1\.115:8080 answers/)
    await keys('Enter')
    expect(await shows(/dr, nat or tun \(dr\)/)).toContain('recommended: dr')
    console.log(await screen('-S -'))
  })
})
