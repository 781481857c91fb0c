import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { App } from '../app.ts'
import { createServer } from '../core/node-http.ts'
import { ownUrl } from '../core/own-url.ts'
import { createHttp, type Http } from '../http/app.ts'

export type Web = { url: string; stop(): Promise<void> }

/** Listens and serves REST and MCP. `stop` ends accepting, lets running calls end for `stopGraceMs`, then closes. */
export async function startWeb(app: App): Promise<Web> {
  const { host, port, stopGraceMs } = app.config
  // Slow clients: the head of a request has to be here within 10 s, all of it, a file of 100 MB too, within 15 minutes.
  const http = createHttp(app, () => app.url())
  const limits = { headersTimeout: 10_000, requestTimeout: 15 * 60_000, keepAliveTimeout: 65_000 }
  const server = createServer({ ...limits, shouldUpgradeCallback: http.upgrades.accepts }, http.listener)
  server.on('upgrade', http.upgrades.serve)
  server.listen(port, host)
  await once(server, 'listening')
  const url = ownUrl(app.config, (server.address() as AddressInfo).port) // a TCP server has a port
  app.url = () => url
  return { url, stop: () => stopServer(server, http, stopGraceMs) }
}

const idleCheckMs = 50

async function stopServer(server: Server, http: Http, graceMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // Clients keep their connection after an answer; an open connection would keep the server for all of its grace time.
  server.prependListener('request', (_, answer) => {
    answer.shouldKeepAlive = false
  })
  const closeIdle = setInterval(() => server.closeIdleConnections(), idleCheckMs)
  await http.close()
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(force)
  clearInterval(closeIdle)
}
