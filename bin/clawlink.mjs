#!/usr/bin/env node
import { run } from '../scripts/run.mjs'

const args = process.argv.slice(2)
// Only a server shows pages.
await run('src/cli/main.ts', args, { dev: false, web: args[0] === 'start' || args[0] === 'relay' })
