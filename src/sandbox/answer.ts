/** What is wrong with one field of a body or a query. */
export type Problem = { field: string; message: string }

/** Several values of one name are sent as several headers. */
export type AnswerHeaders = Record<string, string | string[]>

/** What is said to one request: `body` as JSON, `text` as it is, or `content` piece by piece. Without any of them, nothing. */
export type Answer = { status: number; body?: unknown; text?: string; content?: Content; headers?: AnswerHeaders }

/** A file on its way out, which is never in memory as a whole. */
export type Content = { bytes: number; pieces(): Iterable<Buffer> }

export const ok = (body: unknown, headers: Record<string, string> = {}): Answer => ({ status: 200, body, headers })

export const created = (body: unknown, location: string): Answer => ({ status: 201, body, headers: { location } })

export const gone = (): Answer => ({ status: 204 })

/** The one shape of every error: `{ error: { code, message, … } }`. */
export function refused(status: number, code: string, message: string, more: Record<string, unknown> = {}): Answer {
  return { status, body: { error: { code, message, ...more } } }
}

export const notFound = (what: string): Answer => refused(404, 'not_found', `There is no such ${what}.`)

/** 422 with one entry in `fields` for each thing that is wrong. */
export function invalid(fields: readonly Problem[]): Answer {
  const message = fields.map(({ field, message }) => `${field}: ${message}`).join('; ')
  return refused(422, 'validation_failed', message, { fields })
}
