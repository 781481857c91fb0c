import type { Tool } from './catalog.ts'
import { fillText, fillUrl, namesIn, type Values } from './fill-url.ts'
import { formOf } from './form-body.ts'
import { type BadInput, fillTemplate } from './template.ts'
import { type FileFacts, type FileInBody, headerJson, shownFile, wrapMultipart } from './upload.ts'

/** One HTTP request to a provider, before a credential is put into it. Header names are lower-case. */
export type ProviderRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body?: string
  /** The file that goes into its body, or after it. */
  upload?: FileInBody
}

/**
 * Builds the request of one call. Pure: no clock, no network, no secrets. `callId` fills the provider's own idempotency
 * key, so every attempt of one call carries the same value. `values` are what the connection knows, `file` what is known of
 * the file that the tool sends.
 */
export function buildRequest(
  tool: Tool,
  args: Record<string, unknown>,
  callId: string,
  values: Values = {},
  file?: FileFacts,
): ProviderRequest | BadInput {
  const { base, row } = tool
  const { connector } = tool.provider
  const path = fillTemplate(tool.template, args)
  if (typeof path !== 'string') return path
  const origin = base.includes('{') ? fillUrl(base, values, connector.hosts) : base
  if (typeof origin !== 'string') return origin
  const headers: Record<string, string> = {
    accept: row.download ? '*/*' : 'application/json',
    'user-agent': 'ClawLink',
    ...connector.api.headers,
    ...row.headers,
  }
  if (tool.provider.fillsHeaders) fillHeaders(headers, values)
  if (typeof tool.idempotency === 'object') headers[tool.idempotency.header.toLowerCase()] = callId
  const request: ProviderRequest = { method: tool.template.method, url: origin + path, headers }
  if (row.argsHeader) headers[row.argsHeader] = headerJson(bodyInputs(tool, args))
  if (row.upload) return withFile(request, tool, args, callId, file)
  const body = row.argsHeader ? undefined : bodyOf(tool, args)
  if (body !== undefined) {
    headers['content-type'] = body.type
    request.body = body.text
  }
  return request
}

/** A header whose value the connection does not know is left out: not every way to connect tells everything. */
export function fillHeaders(headers: Record<string, string>, values: Values): void {
  for (const [name, template] of Object.entries(headers)) {
    if (!namesIn(template).length) continue
    const text = fillText(template, value => values[value])
    if (text === undefined) delete headers[name]
    else headers[name] = text
  }
}

function bodyOf(tool: Tool, args: Record<string, unknown>): { type: string; text: string } | undefined {
  const { method } = tool.template
  if (method === 'GET' || method === 'HEAD') return undefined
  const { graphql } = tool.row
  if (graphql !== undefined) return { type: json, text: JSON.stringify({ query: graphql, variables: args }) }
  const rest = bodyInputs(tool, args)
  if (tool.provider.connector.api.body === 'form')
    return rest.length ? { type: 'application/x-www-form-urlencoded', text: formOf(rest) } : undefined
  // A POST without inputs still says that its body is an empty object: some providers refuse a missing one.
  return rest.length || method !== 'DELETE' ? { type: json, text: JSON.stringify(Object.fromEntries(rest)) } : undefined
}

/** What neither the URL takes nor a file stands for. */
function bodyInputs({ inUrl, row }: Tool, args: Record<string, unknown>): [string, unknown][] {
  return Object.entries(args).filter(
    ([name, value]) => value !== undefined && !inUrl.has(name) && name !== row.upload?.file,
  )
}

function withFile(
  request: ProviderRequest,
  tool: Tool,
  args: Record<string, unknown>,
  callId: string,
  file: FileFacts | undefined,
): ProviderRequest | BadInput {
  const { upload, argsHeader } = tool.row
  if (!upload) return request
  if (!file) return { field: upload.file, problem: 'is not a file' }
  const { headers } = request
  const inputs = argsHeader ? [] : bodyInputs(tool, args)
  const plain = { file, before: '', after: '', shown: shownFile(file) }
  switch (upload.kind) {
    case 'raw':
      headers['content-type'] = upload.mediaType ?? file.mediaType
      return { ...request, upload: plain }
    case 'multipart': {
      // The random part of the call's id: nobody knew it when they made the file or the arguments.
      const { contentType, body } = wrapMultipart(upload, file, inputs, `clawlink-${callId}`)
      headers['content-type'] = contentType
      return { ...request, upload: body }
    }
    case 'resumable': {
      const { mediaType, bytes } = upload.told ?? {}
      if (mediaType) headers[mediaType] = file.mediaType
      if (bytes) headers[bytes] = String(file.bytes)
      headers['content-type'] = json
      return { ...request, body: JSON.stringify(Object.fromEntries(inputs)), upload: plain }
    }
  }
}

const json = 'application/json'
