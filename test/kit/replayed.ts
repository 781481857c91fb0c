/** A ClawLink whose providers are a cassette: what it asks is answered from there, and nothing goes out. */
import { readFileSync } from 'node:fs'
import { Fault } from '../../src/core/errors.ts'
import { type Cassette, parseCassette } from '../../src/net/cassette.ts'
import { type ReplayingNet, replayingNet } from '../../src/net/cassette-replay.ts'
import { type StartOptions, startClawLink, type TestClawLink } from './clawlink.ts'

export type ReplayedClawLink = TestClawLink & { net: ReplayingNet }

export type ReplayOptions = Omit<StartOptions, 'connected'> & {
  /** Plays the last of equal exchanges again and again. */
  repeat?: boolean
  /**
   * What to connect first; the sandbox unless said, null for nothing. Its account is asked for as ever, so the cassette has to
   * hold the answer: record the tool that tells who one is.
   */
  connect?: Parameters<TestClawLink['connect']>[0] | null
}

/** Where the sandbox is in the cassettes of `test/cassettes`: its usual address. */
const sandboxUrl = 'http://127.0.0.1:9078'

/** A cassette of `test/cassettes`, by its name without `.json`. */
export function readCassette(name: string): Cassette {
  const text = readFileSync(new URL(`../cassettes/${name}.json`, import.meta.url), 'utf8')
  const cassette = parseCassette(text)
  if (cassette instanceof Fault) throw new Error(`${name}: ${cassette.message}`)
  return cassette
}

/** Starts it on a cassette. Disposing of it throws when something was asked that is not recorded, and says what. */
export async function startReplayed(cassette: Cassette, options: ReplayOptions = {}): Promise<ReplayedClawLink> {
  const { repeat = false, connect = { provider: 'sandbox', secret: 'sbx_any' }, baseUrls, ...rest } = options
  const claw = await startClawLink({ ...rest, baseUrls: { sandbox: sandboxUrl, ...baseUrls }, connected: false })
  const net = replayingNet(cassette, { repeat })
  claw.app.net = net
  const dispose = async () => {
    await claw.stop()
    if (net.unmatched.length) throw new Error(net.unmatched.join('\n'))
  }
  try {
    if (connect) await claw.connect(connect)
  } catch (cause) {
    await claw.stop()
    throw cause
  }
  return { ...claw, net, stop: dispose, [Symbol.asyncDispose]: dispose }
}
