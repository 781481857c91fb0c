import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareWithBaseline, readBaseline, saveBaseline } from './baseline.ts'
import { type Figures, median, ratiosTo } from './figures.ts'
import type { SubjectResult } from './measure.ts'
import { type CpuProfile, selfTime } from './self-time.ts'
import { type SubjectId, subjectTitles } from './subjects/subject.ts'
import { judge } from './targets.ts'

const floor: Figures = { manyRate: 1000, loneP50: 0.4, start: 200 }

function result(id: SubjectId, figures: Figures): SubjectResult {
  return { id, title: subjectTitles[id], figures, ratios: ratiosTo(floor, figures), rateSpread: 0, runs: [] }
}

describe('figures', () => {
  it('take the middle value, or the mean of the middle two', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('have a ratio only where both sides were measured', () => {
    expect(ratiosTo(floor, { manyRate: 800, restMemory: 90 })).toEqual({ manyRate: 0.8 })
    expect(ratiosTo(undefined, { manyRate: 800 })).toEqual({})
  })
})

describe('the targets', () => {
  it('hold or not by the figures of the run, and say when nothing was measured', () => {
    const verdicts = judge([
      result('direct', { loneP50: 0.05 }),
      result('floor', floor),
      result('rest', { manyRate: 760, loneP50: 0.44, start: 400, restMemory: 130 }),
      result('mcp-2025', { manyRate: 690, loneP50: 0.46 }),
    ])
    expect(verdicts.map(({ seen, holds }) => [seen, holds])).toEqual([
      ['0.76', true],
      ['0.69', false],
      ['not measured', undefined],
      ['+0.390 ms', true],
      ['+0.410 ms', false],
      ['not measured', undefined],
      ['400 ms', true],
      ['130 MB', false],
    ])
  })
})

describe('the baseline', () => {
  it('marks only moves beyond 15 %, and knows better from worse', () => {
    const now = [result('floor', floor), result('rest', { manyRate: 600, loneP50: 0.3, start: 300 })]
    const changes = compareWithBaseline({ rest: { manyRate: 0.8, loneP50: 1, start: 1.4 } }, now)
    expect(changes.map(({ figure, better }) => [figure.key, better])).toEqual([
      ['manyRate', false],
      ['loneP50', true],
    ])
  })

  it('keeps ratios only, and leaves subjects alone that were not measured', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-baseline-'))
    const path = join(folder, 'baseline.json')
    expect(readBaseline(path)).toEqual({})
    saveBaseline(path, [result('floor', floor), result('direct', { manyRate: 4123.4 })])
    saveBaseline(path, [result('floor', floor), result('rest', { manyRate: 800 })])
    expect(readBaseline(path)).toEqual({ direct: { manyRate: 4.12 }, rest: { manyRate: 0.8 } })
    rmSync(folder, { recursive: true })
  })
})

describe('self time', () => {
  it('counts the samples of the window, by package or file, without waiting', () => {
    const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
      id,
      callFrame: { functionName, url, lineNumber: 9 },
      children,
    })
    const profile: CpuProfile = {
      nodes: [
        node(1, '(idle)', ''),
        node(2, 'dispatch', 'file:///app/node_modules/undici/lib/pool.js'),
        node(3, 'callTool', 'file:///app/src/calls/call-tool.ts', [5]),
        node(4, '(garbage collector)', ''),
        node(5, 'end', 'node:_http_outgoing'),
      ],
      startTime: 1000,
      samples: [3, 2, 1, 3, 4, 5, 3],
      timeDeltas: [10, 10, 10, 10, 30, 10, 10],
    }
    const { busyUs, places, callers, functions } = selfTime(profile, 1015, 1085, '/app')
    expect(places).toEqual([
      ['src/calls/call-tool.ts', 30],
      ['undici', 10],
      ['garbage collection', 10],
      ['node', 10],
    ])
    expect(callers).toEqual([
      ['src/calls/call-tool.ts', 40],
      ['undici', 10],
      ['Node itself', 10],
    ])
    expect(busyUs).toBe(60)
    expect(functions[0]).toEqual(['callTool  src/calls/call-tool.ts:10', 30])
  })
})
