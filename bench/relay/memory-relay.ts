/**
 * The least that a relay of messages does: a bare `ws` server that keeps nothing but in memory. It looks up the key, reads
 * each frame, remembers a message until it is acknowledged, passes it on and tells the sender. What it holds is lost with it.
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

const [port, keysFile = ''] = process.argv.slice(2)
/** Names of agents by the hash of their key. */
const names = new Map<string, string>()
for (const { name, key } of JSON.parse(readFileSync(keysFile, 'utf8'))) names.set(hash('sha256', key), name)

const online = new Map<string, WebSocket>()
const waiting = new Map<string, { to: string; message: unknown }>()
let count = 0

const http = createServer((_, answer) => answer.end('ok'))
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false })
http.on('upgrade', (request, socket, head) => {
  const name = names.get(hash('sha256', String(request.headers.authorization).slice('Bearer '.length)))
  if (name === undefined) socket.destroy()
  else server.handleUpgrade(request, socket, head, upgraded => serve(upgraded, name))
})
http.listen(Number(port), '127.0.0.1')

function serve(socket: WebSocket, name: string): void {
  online.set(name, socket)
  socket.on('error', () => undefined)
  socket.on('close', () => online.delete(name))
  socket.on('message', bytes => {
    const frame = JSON.parse(String(bytes))
    if (frame.type === 'hello') socket.send('{"type":"welcome"}')
    else if (frame.type === 'ack') waiting.delete(frame.id)
    else if (frame.type === 'send') {
      const id = `msg_${count++}`
      const message = { id, from: { name }, body: frame.body, lease: id, createdAt: new Date().toISOString() }
      waiting.set(id, { to: frame.to, message })
      online.get(frame.to)?.send(JSON.stringify({ type: 'message', message }))
      socket.send(JSON.stringify({ type: 'ok', ref: frame.ref, result: { id, to: frame.to } }))
    }
  })
}
