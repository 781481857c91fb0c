import type { Server } from './server.ts'

export const subjectIds = ['direct', 'floor', 'rest', 'mcp-2025', 'mcp-2026'] as const
export type SubjectId = (typeof subjectIds)[number]

export const subjectTitles: Record<SubjectId, string> = {
  direct: 'direct',
  floor: 'floor',
  rest: 'REST',
  'mcp-2025': 'MCP 2025-11-25',
  'mcp-2026': 'MCP 2026-07-28',
}

/** Whether the subject is a way into ClawLink. */
export function isClawlink(id: SubjectId): boolean {
  return id !== 'direct' && id !== 'floor'
}

/** One way to make the same call: what is sent, and to which process. */
export type Subject = {
  id: SubjectId
  server: Server
  /** The whole HTTP/1.1 request, as text. */
  request: string
}

/** The text of a POST request with a JSON body, as it goes over the wire. */
export function postRequest(port: number, path: string, headers: Record<string, string>, body: unknown): string {
  const text = JSON.stringify(body)
  const all: Record<string, string> = {
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'clawlink-bench',
    ...headers,
    'content-length': String(Buffer.byteLength(text)),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`
}
