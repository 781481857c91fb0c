import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import type { Requests } from './requests.ts'

export async function writeFile(_app: App, _principal: AgentPrincipal, _request: Requests['files']) {
  return new Fault('not_found', 'file not found')
}
export async function readFile(_app: App, _principal: AgentPrincipal, _key: string) {
  return new Fault('not_found', 'file not found')
}
export async function listFiles(_app: App, _principal: AgentPrincipal) {
  return { files: [], count: 0 }
}
export async function countFiles(_app: App, _principal: AgentPrincipal) {
  return 0
}
