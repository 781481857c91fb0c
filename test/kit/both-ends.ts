/** A plain connection to a server of this process, with both of its ends. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, Socket } from 'node:net'

export async function bothEnds(url: string): Promise<{ client: Socket; server: Socket }> {
  const accepted: Socket[] = []
  const { promise, resolve } = Promise.withResolvers<Socket>()
  const client = connect(Number(new URL(url).port), '127.0.0.1')
  const look = () => {
    const ours = accepted.find(({ remotePort }) => remotePort === client.localPort)
    if (ours) resolve(ours)
  }
  const onAccepted = (message: unknown) => {
    const { socket } = Object(message)
    if (socket instanceof Socket) accepted.push(socket)
    look()
  }
  subscribe('net.server.socket', onAccepted)
  await once(client, 'connect')
  look()
  const server = await promise
  unsubscribe('net.server.socket', onAccepted)
  client.on('error', () => undefined)
  return { client, server }
}
