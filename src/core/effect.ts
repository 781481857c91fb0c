/** What a tool does to the world. Policy, approvals and MCP's hints derive from it. */
export type Effect = 'read' | 'write' | 'destructive'

/** The effect of an HTTP method whose tool does not say otherwise. Methods as in RFC 9110, section 9. */
export function effectOfMethod(method: string): Effect {
  if (method === 'GET' || method === 'HEAD') return 'read'
  return method === 'DELETE' ? 'destructive' : 'write'
}
