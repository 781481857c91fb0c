import { createDecipheriv, createSecretKey, hash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import { openUsageTable } from './floor-table.ts'

/** What the floor is started with. */
export type FloorSettings = {
  port: number
  databaseFile: string
  providerOrigin: string
  /** SHA-256 of the one key that may call, in hex. */
  keyHash: string
  /** AES-256 key, in base64. */
  sealKey: string
  /** The sealed credential in base64: 12 bytes of nonce, 16 of tag, then the ciphertext. */
  sealed: string
}

class ProviderAnswer implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = []
  readonly #done: (status: number, body: Buffer) => void
  #status = 0

  constructor(done: (status: number, body: Buffer) => void) {
    this.#done = done
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#done(this.#status, Buffer.concat(this.#chunks))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#done(502, Buffer.from(JSON.stringify({ message: error.message })))
  }
}

/**
 * The floor: the least work that a gateway with ClawLink's promises can do for one call, with no framework and no
 * features. `node floor-server.ts <FloorSettings as JSON>`. For each request: read the JSON body, hash the key and look
 * it up, open the sealed credential, ask the provider, record the call durably, and only then pass the answer on.
 */
function serve(settings: FloorSettings): void {
  const agents = new Map([[settings.keyHash, { workspace: 'ws_bench', agent: 'agt_bench', key: 'key_bench' }]])
  const sealKey = createSecretKey(Buffer.from(settings.sealKey, 'base64'))
  const sealed = Buffer.from(settings.sealed, 'base64')
  const pool = new Pool(settings.providerOrigin)
  const usage = openUsageTable(settings.databaseFile)
  let calls = 0

  function openCredential(): string {
    const decipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(12, 28))
    return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8')
  }

  function call(authorization: string, body: string, response: ServerResponse): void {
    const startedAt = Date.now()
    const agent = agents.get(hash('sha256', authorization.slice('Bearer '.length)))
    if (!agent) {
      response.writeHead(401).end()
      return
    }
    const { arguments: given }: { arguments: { project: string; number: number } } = JSON.parse(body)
    const answer = new ProviderAnswer((status, bytes) => {
      const row = {
        id: `call_${startedAt.toString(36)}_${(calls++).toString(36).padStart(8, '0')}`,
        ...agent,
        provider: 'sandbox',
        tool: 'sandbox_get_issue',
        outcome: status === 200 ? 'succeeded' : 'failed',
        code: status === 200 ? '' : 'provider_unavailable',
        startedAt,
        durationMs: Date.now() - startedAt,
        attempts: 1,
        bytes: bytes.length,
      }
      usage.record(row, () => {
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes)
      })
    })
    const headers = { authorization: `Bearer ${openCredential()}`, accept: 'application/json' }
    pool.dispatch({ method: 'GET', path: `/projects/${given.project}/issues/${given.number}`, headers }, answer)
  }

  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end('{"status":"ok"}')
      return
    }
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => call(request.headers.authorization ?? '', body, response))
  })
  server.keepAliveTimeout = 60_000
  server.listen(settings.port, '127.0.0.1')
  process.on('SIGTERM', () => process.exit(0))
  process.stdin.resume().on('end', () => process.exit(0)) // the benchmark is gone: do not outlive it
}

if (import.meta.main) serve(JSON.parse(process.argv[2] ?? ''))
