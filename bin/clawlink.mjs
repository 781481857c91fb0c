#!/usr/bin/env node
import { run } from '../scripts/run.mjs'

await run('src/cli/main.ts', process.argv.slice(2), { dev: false })
