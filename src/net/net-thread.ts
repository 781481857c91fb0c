/** Sends requests on a thread of its own, while the first one goes on with its work. Started by `startSendingThread`. */
import { workerData } from 'node:worker_threads'
import { systemClock } from '../core/clock.ts'
import { serveHelperThread } from '../core/helper-thread.ts'
import { inTurns } from '../core/in-turns.ts'
import { createNet, type NetSettings } from './send.ts'
import { passedAtOnce, type Sent, type SentResult, type ToSend } from './sending-thread.ts'
import type { WireResult } from './wire.ts'

serveHelperThread<ToSend, Sent>(tell => {
  const net = createNet(workerData as NetSettings, systemClock) // as startSendingThread gives them

  function pass(batch: [number, WireResult][]): void {
    const all: Buffer[] = []
    const results = batch.map(([number, result]): [number, SentResult] => {
      if (result.kind === 'lost') return [number, result]
      const { body, ...answer } = result
      all.push(body)
      return [number, { ...answer, length: body.length }]
    })
    const bodies = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const body of all) {
      bodies.set(body, at)
      at += body.length
    }
    tell({ results, bodies }, [bodies.buffer])
  }

  const done = inTurns(pass, { most: passedAtOnce })
  return {
    asked(batch) {
      for (const [number, request] of batch) net.send(request).then(result => done.add([number, result]))
    },
    close: net.close,
  }
})
