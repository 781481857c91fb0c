import { github } from './github.ts'
import { sandbox } from './sandbox.ts'

/** Every connector that ClawLink brings, under the name that its tools begin with. */
export const connectors = { github, sandbox }
