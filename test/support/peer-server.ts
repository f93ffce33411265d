// Answers every request with the address that it came from: what a real server sees of its clients. Listens on all
// addresses of both families.
//   node peer-server.ts 8081

import {createServer} from 'node:http'

createServer((request, response) => response.end(`${request.socket.remoteAddress?.replace('::ffff:', '')}\n`)).listen(
  Number(process.argv[2]),
  '::',
)
