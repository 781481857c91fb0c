import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers HTTP on a port of its own, at `url`, which is `http://` and the host. `close` ends what is still under way too. */
export async function serve(answer: RequestListener): Promise<{ host: string; url: string; close(): Promise<void> }> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  const host = `127.0.0.1:${port}`
  return {
    host,
    url: `http://${host}`,
    close: () =>
      new Promise(closed => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
