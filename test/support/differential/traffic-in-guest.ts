// Traffic to look at, in the lab namespace that it is started in: connections that stay open or linger in every state a
// single host can bring about, templates, SIP calls, and enough bytes for the figures to be scaled. Says `ready` and stays.

import {spawnSync} from 'node:child_process'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {connect, createServer} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

const [vip, vip6] = ['192.0.2.50', '2001:db8::50'] as const

const rules = `-A -t ${vip}:80 -s rr
-a -t ${vip}:80 -r 192.0.2.1:8080 -m -w 3 -x 1000 -y 500
-a -t ${vip}:80 -r 10.1.1.1:80 -i -w 0 --tun-type gue --tun-port 6080 --tun-remcsum
-A -t ${vip}:443 -s wlc -p 3000 -M 255.255.255.0
-a -t ${vip}:443 -r 192.0.2.1:8080 -m
-a -t ${vip}:443 -r 10.1.1.3:80 -i -w 0
-A -u ${vip}:5060 -s rr -p 3000 --pe sip
-a -u ${vip}:5060 -r 192.0.2.1:5060 -m
-A -u ${vip}:53 -s rr
-a -u ${vip}:53 -r 192.0.2.1:5353 -m
-A -t [${vip6}]:80 -s sh -p 600 -M 64
-a -t [${vip6}]:80 -r [2001:db8::1]:8080 -m
--set 5000 5000 5000
`

function run(command: string, args: readonly string[], input = ''): void {
  const {status, stderr} = spawnSync(command, args, {input, encoding: 'utf8'})
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}

run('ip', ['address', 'add', `${vip}/32`, 'dev', 'lo'])
run('ip', ['address', 'add', `${vip6}/128`, 'dev', 'lo', 'nodad'])
run('ipvsadm', ['-R'], rules)

const listener = createServer((socket) => socket.resume().on('error', () => {}))
listener.listen({port: 8080, host: '::'})
await once(listener, 'listening')

/** Stays open. */
async function open(host: string, port: number): Promise<ReturnType<typeof connect>> {
  const socket = connect({host, port})
  await once(socket, 'connect')
  return socket
}

const megabytes = 130
const busy = await open(vip, 80)
const block = Buffer.alloc(1_000_000)
for (let sent = 0; sent < megabytes; sent++) if (!busy.write(block)) await once(busy, 'drain')

for (const [host, port] of [
  [vip, 80],
  [vip, 443],
  [vip6, 80],
] as const) {
  await open(host, port)
  // One that was closed: TIME_WAIT for two minutes.
  const closed = await open(host, port)
  closed.end()
  await once(closed, 'close')
}

async function send(text: string, port: number): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise((sent) => socket.send(text, port, vip, sent))
  socket.close()
}
for (const call of ['abcdef123456@host.example', 'x@y']) {
  await send(`INVITE sip:a@b SIP/2.0\r\nCall-ID: ${call}\r\n\r\n`, 5060)
}
for (let index = 0; index < 3; index++) await send('?'.repeat(100), 53)
// The kernel adds figures up every two seconds.
await sleep(4500)
console.log('ready')
setInterval(() => {}, 60_000)
