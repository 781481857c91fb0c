/** `npm run check`: types, lint and the folder rules. */
import { runChecks } from './checks.ts'

const { failed } = await runChecks()
if (failed > 0) process.exitCode = 1
