import { createCipheriv, hash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { FloorSettings } from './floor-server.ts'
import { callArguments, providerSecret } from './provider.ts'
import { programPath, type Server, startServer } from './server.ts'
import { postRequest, type Subject } from './subject.ts'

/** The floor's database file in the run's folder. */
export const floorDatabase = 'floor.db'

/** Starts the floor (see floor-server.ts) and says how to call it. `nodeFlags` go before the program. */
export async function startFloor(options: {
  folder: string
  provider: Server
  starts: number
  nodeFlags?: string[]
}): Promise<Subject> {
  const key = `bench_${randomBytes(24).toString('base64url')}`
  const sealKey = randomBytes(32)
  const settings: Omit<FloorSettings, 'port'> = {
    databaseFile: join(options.folder, floorDatabase),
    providerOrigin: `http://127.0.0.1:${options.provider.port}`,
    keyHash: hash('sha256', key),
    sealKey: sealKey.toString('base64'),
    sealed: seal(sealKey, providerSecret).toString('base64'),
  }
  const server = await startServer(
    {
      name: 'floor',
      folder: options.folder,
      healthPath: '/health',
      command: port => [
        ...(options.nodeFlags ?? []),
        programPath('floor-server.ts'),
        JSON.stringify({ ...settings, port }),
      ],
    },
    options.starts,
  )
  const headers = { authorization: `Bearer ${key}` }
  const request = postRequest(server.port, '/calls', headers, { arguments: callArguments })
  return { id: 'floor', server, request }
}

function seal(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}
