import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { startLoad } from '../load/load-process.ts'
import { floorDatabase, startFloor } from './floor.ts'
import { countProviderAnswers, providerAnswer, providerMarker, startProvider } from './provider.ts'

it('answers with 1,026 bytes of JSON as the provider', () => {
  expect(providerAnswer.length).toBe(1026)
  expect(JSON.parse(providerAnswer.toString()).marker).toBe(providerMarker)
})

it('asks the provider once and keeps one row for each answer of the floor', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-floor-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true }))
  const provider = await startProvider(folder)
  stack.defer(provider.stop)
  const { server, request } = await startFloor({ folder, provider, starts: 2 })
  stack.defer(server.stop)
  const load = startLoad()
  stack.defer(load.stop)

  const job = { port: server.port, request, marker: providerMarker, connections: 16, warmMs: 50, measureMs: 200 }
  const { answersOverall } = await load.run(job)

  const db = new DatabaseSync(join(folder, floorDatabase), { readOnly: true })
  stack.defer(() => db.close())
  expect(db.prepare("SELECT count(*) AS rows FROM usage WHERE outcome = 'succeeded'").get()).toEqual({
    rows: answersOverall,
  })
  expect(await countProviderAnswers(provider)).toBe(answersOverall)
  expect(server.startsMs).toHaveLength(2)
  await expect(load.run({ ...job, request: request.replace('Bearer bench_', 'Bearer other_') })).rejects.toThrow(
    'wrong answer: HTTP 401',
  )
})
