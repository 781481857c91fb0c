import { createServer } from 'node:http'
import { providerAnswer, providerSecret } from './provider.ts'

/**
 * The provider at the far end of every subject, in a process of its own: `node provider-server.ts <port>`.
 * Answers any path but `/count` with one fixed document, but only to the right bearer, so an answer proves that the credential was
 * opened. `GET /count` tells how many it gave: a subject that answers from a cache, or asks twice, is found out.
 */
const port = Number(process.argv[2])
const expected = `Bearer ${providerSecret}`
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(providerAnswer.length),
  'cache-control': 'private, max-age=0, must-revalidate',
  etag: 'W/"5f1c0a9be2d84733"',
  vary: 'Accept, Authorization',
  'x-request-id': 'C0DE:2F41:9B77D1:A3E0C4:67A1F2B3',
  'x-ratelimit-limit': '100000000',
  'x-ratelimit-remaining': '99999999',
  'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
}
let answered = 0

const server = createServer((request, response) => {
  if (request.url === '/count') {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ answered }))
    return
  }
  // A body is read to its end before the answer, as a real provider would.
  request.resume().on('end', () => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Bad credentials"}')
      return
    }
    answered++
    response.writeHead(200, headers).end(providerAnswer)
  })
})
server.keepAliveTimeout = 60_000
server.listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
process.stdin.resume().on('end', () => process.exit(0)) // the benchmark is gone: do not outlive it
