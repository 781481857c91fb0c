import type { Tool } from '../catalog/catalog.ts'
import { omitFields } from '../catalog/omit.ts'
import { nextPage } from '../catalog/page.ts'
import { valueAt } from '../catalog/paths.ts'
import type { ProviderRequest } from '../catalog/request.ts'
import type { Ending, Success } from '../core/outcome.ts'
import type { Classified } from './classify.ts'
import { mismatch } from './output/check-output.ts'
import { missing } from './output/describe-problem.ts'

/**
 * What the caller gets of a successful answer to this request: the part that the tool gives, without the fields it omits,
 * and the next page.
 */
export function succeeded(
  tool: Tool,
  { status, headers, body, json }: Extract<Classified, { ok: true }>,
  request: ProviderRequest,
): Ending {
  const { pick, emptyIsLeftOut } = tool.row
  const found = pick === undefined ? body : valueAt(body, pick)
  const picked = found === undefined && emptyIsLeftOut && isObject(body) ? [] : found
  // Taken for an empty one it would read as "there is none", which only some providers mean by it.
  if (picked === undefined) return mismatch(tool, status, { field: pick ?? '', problem: missing })
  const { omit } = tool.provider.connector.api
  const output = omit ? omitFields(picked, omit) : picked
  const given = { kind: 'succeeded', output, providerStatus: status } as const
  const success: Success = json !== undefined && output === body ? { ...given, json } : given
  if (!tool.page) return success
  const { link } = headers
  const linkHeader = Array.isArray(link) ? link.join(', ') : link
  const list = listIn(tool, output)
  const count = list?.length
  const next = nextPage(tool, { url: request.url, linkHeader, body, count })
  return next === undefined ? success : { ...success, next }
}

/** The list that goes on from page to page, in what a tool gives. */
export function listIn({ row }: Pick<Tool, 'row'>, output: unknown): unknown[] | undefined {
  const list = row.list === undefined ? output : valueAt(output, row.list)
  return Array.isArray(list) ? list : undefined
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
