/**
 * Requests that both ways of serving MCP have to answer alike. `short` says which of them the product takes: the short path
 * for what clients send all day, the SDK for all else.
 */
import { legacyVersions, meta } from '../../src/http/mcp/protocol.ts'
import { type Fields, type HeaderChanges, legacy, type McpMessage, modern, withBody } from '../kit/mcp-messages.ts'

export type Case = { title: string; message: McpMessage; short: boolean; path?: string }

const short = (title: string, message: McpMessage, path?: string): Case => ({
  title,
  message,
  short: true,
  ...(path && { path }),
})
const sdk = (title: string, message: McpMessage): Case => ({ title, message, short: false })

const search = { name: 'clawlink_search_tools', arguments: { query: 'list issues', limit: 2 } }
const read = { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_list_projects' } }
/** `clawlink_search_tools` with these arguments. */
const searchFor = (args: unknown): Fields => ({ name: search.name, arguments: args })

/** Results: what a tool says is the same in both eras. */
const calls: [title: string, params: Fields][] = [
  ['a search', search],
  ['a description', { name: 'clawlink_describe_tool', arguments: { tool: 'sandbox_create_issue' } }],
  ['a call that succeeds', read],
  [
    'a preview',
    {
      name: 'clawlink_preview_tool',
      arguments: {
        tool: 'sandbox_create_issue',
        arguments: { project: 'website', title: 'Ünïcode ✓ "quoted" \\ \u2028' },
      },
    },
  ],
  ['a call of a tool that does not exist', { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_list_prjects' } }],
  [
    'a call whose arguments do not fit the tool',
    { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_get_issue', arguments: { project: 7, nmber: 'x' } } },
  ],
  [
    'a call that the provider refuses',
    {
      name: 'clawlink_call_tool',
      arguments: { tool: 'sandbox_get_issue', arguments: { project: 'website', number: 99999 } },
    },
  ],
  ['a call that is not known', { name: 'clawlink_get_call', arguments: { callId: 'call_unknown' } }],
  ['no arguments where none are needed', { name: 'clawlink_whoami' }],
  ['empty arguments', { name: 'clawlink_whoami', arguments: {} }],
  ['a list as result', { name: 'clawlink_list_connections', arguments: {} }],
  ['no arguments where some are needed', { name: search.name }],
  ['an argument of the wrong type', searchFor({ query: 7 })],
  ['an argument out of range', searchFor({ query: 'mail', limit: 500 })],
  ['an argument that there is not', searchFor({ query: 'mail', qurey: 'mail' })],
  ['a field beside name and arguments', { ...search, extra: { deep: [1, 2] } }],
]

const odd: [title: string, params: Fields][] = [
  ['a tool that is not listed', { name: 'nonsense', arguments: {} }],
  ['a tool named like a member of every object', { name: 'constructor', arguments: {} }],
  ['a name that is a number', { name: 7, arguments: {} }],
  ['no name', { arguments: {} }],
  ['an empty name', { name: '', arguments: {} }],
  ['arguments that are null', searchFor(null)],
  ['arguments that are an array', searchFor([])],
  ['arguments that are a string', searchFor('mail')],
  ['a retry of an interrupted call', { ...search, inputResponses: {}, requestState: 'x' }],
  ['a wish for a task', { ...search, task: { ttl: 60_000 } }],
]

const ids: [title: string, id: unknown, short: boolean][] = [
  ['a string as id', 'some-id', true],
  ['an empty id', '', true],
  ['zero as id', 0, true],
  ['a negative id', -1, true],
  ['the largest safe id', Number.MAX_SAFE_INTEGER, true],
  ['a long id', 'x'.repeat(10_000), true],
  ['an id that is too large to be exact', 1e300, false],
  ['an id with a fraction', 1.5, false],
  ['an id that is null', null, false],
  ['an id that is an object', {}, false],
  ['an id that is true', true, false],
]

const metas: [title: string, about: Fields, short: boolean][] = [
  ['a progress token that is a string', { progressToken: 'p' }, true],
  ['a progress token that is a number', { progressToken: 7 }, true],
  ['a progress token that is an object', { progressToken: {} }, false],
  ['a progress token that is null', { progressToken: null }, false],
  [
    'a trace and a vendor’s own field',
    { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x/y': [1] },
    true,
  ],
]

const legacyHeaders: [title: string, headers: HeaderChanges, short: boolean][] = [
  ...legacyVersions.map((version): [string, HeaderChanges, boolean] => [
    `revision ${version}`,
    { 'mcp-protocol-version': version },
    true,
  ]),
  ['no revision', { 'mcp-protocol-version': undefined }, true],
  ['an empty revision', { 'mcp-protocol-version': '' }, false],
  ['a revision that never was', { 'mcp-protocol-version': '2025-01-01' }, false],
  ['a revision of the far future', { 'mcp-protocol-version': '2099-01-01' }, false],
  ['the modern revision without an envelope', { 'mcp-protocol-version': '2026-07-28' }, false],
  ['a session id', { 'mcp-session-id': 'left-over' }, true],
  ['a header with the name', { 'mcp-name': 'other' }, true],
  ['a header with another method', { 'mcp-method': 'ping' }, false],
  ['JSON with a charset', { 'content-type': 'application/json; charset=utf-8' }, true],
  ['JSON in capitals', { 'content-type': 'Application/JSON' }, true],
  ['JSON with a broken parameter', { 'content-type': 'application/json; charset' }, true],
  ['no content type', { 'content-type': undefined }, false],
  ['text', { 'content-type': 'text/plain' }, false],
  ['text that mentions JSON', { 'content-type': 'text/plain; a=application/json' }, false],
  ['another JSON', { 'content-type': 'application/jsonx' }, false],
  ['a list of content types', { 'content-type': 'application/json, text/plain' }, false],
  ['the accepted types the other way round', { accept: 'text/event-stream,application/json;q=0.9' }, true],
  ['any answer accepted', { accept: '*/*' }, false],
  ['only JSON accepted', { accept: 'application/json' }, false],
  ['only a stream accepted', { accept: 'text/event-stream' }, false],
  ['nothing said about what is accepted', { accept: undefined }, false],
]

const modernHeaders: [title: string, headers: HeaderChanges, short: boolean][] = [
  ['no revision', { 'mcp-protocol-version': undefined }, false],
  ['another revision', { 'mcp-protocol-version': '2025-11-25' }, false],
  ['no method', { 'mcp-method': undefined }, false],
  ['another method', { 'mcp-method': 'tools/list' }, false],
  ['the method in capitals', { 'mcp-method': 'TOOLS/CALL' }, false],
  ['no name', { 'mcp-name': undefined }, false],
  ['another name', { 'mcp-name': 'clawlink_whoami' }, false],
  ['the name in Base64', { 'mcp-name': `=?base64?${Buffer.from(search.name).toString('base64')}?=` }, false],
  ['the name in broken Base64', { 'mcp-name': '=?base64?!?=' }, false],
  ['only JSON accepted', { accept: 'application/json' }, false],
  ['text', { 'content-type': 'text/plain' }, false],
]

const envelopes: [title: string, envelope: Fields, short: boolean][] = [
  ['no client info', { [meta.clientInfo]: undefined }, true],
  ['client info of the wrong type', { [meta.clientInfo]: 'x' }, false],
  ['client info without a version', { [meta.clientInfo]: { name: 'x' } }, false],
  [
    'capabilities',
    { [meta.clientCapabilities]: { elicitation: { form: {}, url: {} }, roots: { listChanged: true } } },
    true,
  ],
  ['no capabilities', { [meta.clientCapabilities]: undefined }, false],
  ['capabilities that are an array', { [meta.clientCapabilities]: [] }, false],
  ['a level for logs', { [meta.logLevel]: 'debug' }, false],
  ['a level for logs that there is not', { [meta.logLevel]: 'loud' }, false],
  ['a legacy revision', { [meta.protocolVersion]: '2025-11-25' }, false],
  ['a revision that there is not', { [meta.protocolVersion]: '2099-01-01' }, false],
  ['a revision that is a number', { [meta.protocolVersion]: 20260728 }, false],
]

const shapes: [title: string, changes: Fields][] = [
  ['another version of JSON-RPC', { jsonrpc: '1.0' }],
  ['no version of JSON-RPC', { jsonrpc: undefined }],
  ['a member that JSON-RPC does not know', { extra: true }],
  ['parameters that are an array', { params: [] }],
  ['parameters that are null', { params: null }],
  ['a method that is a number', { method: 7 }],
  ['no id, which makes it a notification', { id: undefined }],
]

const bodies: [title: string, body: string][] = [
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]'],
  ['a batch of one', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'],
  ['an empty batch', '[]'],
  ['a batch of nonsense', '[1]'],
  ['a number', '7'],
  ['a string', '"ping"'],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['an answer', '{"jsonrpc":"2.0","id":1,"result":{}}'],
]

const others: [method: string, params: Fields][] = [
  ['server/discover', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['resources/read', { uri: 'clawlink://guide' }],
  ['resources/read', { uri: 'clawlink://nothing' }],
  ['prompts/list', {}],
  ['prompts/get', { name: 'preview_first', arguments: { wish: 'Refund the last payment.' } }],
  ['prompts/get', { name: 'nonsense' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'preview_first' }, argument: { name: 'wish', value: '' } },
  ],
  ['tasks/get', { taskId: 'x' }],
  ['no/such/method', {}],
  ['__proto__', {}],
]

export const cases: readonly Case[] = [
  short('legacy: the list of tools', legacy('tools/list')),
  short('legacy: the list of tools with empty parameters', legacy('tools/list', {})),
  short('legacy: the tools of one provider', legacy('tools/list'), '/mcp?provider=sandbox'),
  sdk('legacy: a page of tools', legacy('tools/list', { cursor: 'x' })),
  short('legacy: ping', legacy('ping')),
  short('legacy: ping with parameters', legacy('ping', { any: 1 })),
  short('modern: the list of tools', modern('tools/list')),
  short('modern: the tools of one provider', modern('tools/list'), '/mcp?provider=github'),
  sdk('modern: a page of tools', modern('tools/list', { cursor: 'x' })),
  sdk('modern: ping, which is gone', modern('ping')),
  short(
    'legacy: a provider’s tool under its own name',
    legacy('tools/call', { name: 'sandbox_list_projects' }),
    '/mcp?provider=sandbox',
  ),
  short(
    'modern: a provider’s tool under its own name',
    modern('tools/call', { name: 'sandbox_get_issue', arguments: { project: 'website' } }),
    '/mcp?provider=sandbox',
  ),

  ...calls.map(([title, params]) => short(`legacy: ${title}`, legacy('tools/call', params))),
  ...calls.map(([title, params]) => short(`modern: ${title}`, modern('tools/call', params))),
  ...odd.map(([title, params]) => sdk(`legacy: ${title}`, legacy('tools/call', params))),
  ...odd.map(([title, params]) => sdk(`modern: ${title}`, modern('tools/call', params))),

  ...ids.flatMap(([title, id, isShort]) => [
    { title: `legacy: ${title}`, message: legacy('ping', undefined, {}, { id }), short: isShort },
    { title: `modern: ${title}`, message: modern('tools/call', search, {}, {}, { id }), short: isShort },
  ]),
  ...metas.flatMap(([title, about, isShort]) => [
    { title: `legacy: ${title}`, message: legacy('tools/call', { ...search, _meta: about }), short: isShort },
    { title: `modern: ${title}`, message: modern('tools/call', search, {}, about), short: isShort },
  ]),
  ...[null, [], 'x'].map(about =>
    sdk(`legacy: ${JSON.stringify(about)} as _meta`, legacy('tools/call', { ...search, _meta: about })),
  ),

  ...legacyHeaders.map(([title, headers, isShort]) => ({
    title: `legacy: ${title}`,
    message: legacy('tools/call', search, headers),
    short: isShort,
  })),
  ...modernHeaders.map(([title, headers, isShort]) => ({
    title: `modern: ${title}`,
    message: modern('tools/call', search, headers),
    short: isShort,
  })),
  // node:http takes the blanks around a value away, as RFC 9110 (5.5) asks.
  short('modern: blanks around the name', modern('tools/call', search, { 'mcp-name': ` ${search.name}  ` })),
  ...envelopes.map(([title, envelope, isShort]) => ({
    title: `modern: ${title}`,
    message: modern('tools/call', search, {}, envelope),
    short: isShort,
  })),

  ...shapes.map(([title, changes]) => sdk(`legacy: ${title}`, legacy('tools/call', search, {}, changes))),
  ...shapes.map(([title, changes]) => sdk(`modern: ${title}`, modern('tools/call', search, {}, {}, changes))),
  ...bodies.map(([title, body]) => sdk(`legacy: ${title} as body`, withBody(legacy('ping'), body))),
  ...bodies.map(([title, body]) => sdk(`modern: ${title} as body`, withBody(modern('tools/list'), body))),
  ...[['__proto__', false] as const, ['constructor', true] as const].map(([name, isShort]) => ({
    title: `legacy: an argument named ${name}`,
    message: withBody(
      legacy('tools/call'),
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${search.name}","arguments":{"query":"mail","${name}":{"limit":1}}}}`,
    ),
    short: isShort,
  })),
  short(
    'legacy: a member that is there twice, of which the last counts',
    withBody(legacy('ping'), '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}'),
  ),

  ...others.map(([method, params]) => sdk(`legacy: ${method} ${JSON.stringify(params)}`, legacy(method, params))),
  ...others.map(([method, params]) => sdk(`modern: ${method} ${JSON.stringify(params)}`, modern(method, params))),
  sdk(
    'legacy: initialize',
    legacy('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } }),
  ),
  sdk('legacy: initialize without parameters', legacy('initialize')),
  sdk('modern: initialize, which is gone', modern('initialize')),
  sdk('legacy: the level of logs', legacy('logging/setLevel', { level: 'debug' })),
  sdk('legacy: a notification', legacy('notifications/initialized', undefined, {}, { id: undefined })),
  sdk('modern: a notification', modern('notifications/cancelled', { requestId: 1 }, {}, {}, { id: undefined })),
]
