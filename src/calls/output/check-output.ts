import type { App } from '../../app.ts'
import type { Tool } from '../../catalog/catalog.ts'
import { Fault, type InvalidField } from '../../core/errors.ts'
import type { Ending } from '../../core/outcome.ts'
import type { ReadyCall } from '../call.ts'
import { missing } from './describe-problem.ts'
import type { OutputChecks } from './output-checks.ts'

/** An ending as it may be given: an output that is not as the tool promises stays here, and is noted for its owner. */
export function checkOutput(
  { outputs, notices }: Pick<App, 'outputs' | 'notices'>,
  { tool, call }: ReadyCall,
  ending: Ending,
): Ending {
  const checked = checkedEnding(outputs, tool, ending)
  if (checked.kind !== 'succeeded' && checked.fault.code === 'output_mismatch') {
    const [problem] = checked.fault.details.invalidFields ?? []
    if (problem) notices.note(call.principal.workspaceId, tool.name, 'output_mismatch', textOf(problem))
  }
  return checked
}

const textOf = ({ field, problem }: InvalidField) => `${field || 'the answer'} ${problem}`

/** A success only when the output is as the tool promises. Pure. */
export function checkedEnding(outputs: OutputChecks, tool: Tool, ending: Ending): Ending {
  if (ending.kind !== 'succeeded') return ending
  const problem = outputs.problemOf(tool, ending.output)
  return problem ? mismatch(tool, ending.providerStatus, problem) : ending
}

/**
 * How a call ends whose answer is not as the tool promises. It did reach the provider, which said that all was well: so a
 * read has failed, and of anything else it is not known what came of it. Says where and what, and nothing of the answer.
 */
export function mismatch(tool: Tool, providerStatus: number, problem: InvalidField): Ending {
  const { effect, version, provider } = tool
  const { name } = provider.connector
  const what =
    problem.problem === missing ? `without "${problem.field}"` : `in another shape than it promises: ${textOf(problem)}`
  const report = `Report this: the connector${version === undefined ? '' : `, written for version ${version} of the API,`} needs an update.`
  const isRead = effect === 'read'
  const fix = isRead
    ? report
    : `Do not repeat it: ${name} most likely carried it out. Read the state there first. ${report}`
  const details = { providerStatus, invalidFields: [problem], fix }
  const fault = new Fault('output_mismatch', `${name} answered ${providerStatus} ${what}.`, details)
  return { kind: isRead ? 'failed' : 'unknown', fault }
}
