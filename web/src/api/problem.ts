import type { ProblemBody } from './openapi.ts'

/** Why a request did not do what it should: the server's own words (RFC 9457), or that there was no answer. */
export class Problem extends Error {
  readonly body: Pick<ProblemBody, 'code' | 'detail' | 'fix'> & Partial<ProblemBody>

  constructor(body: Problem['body']) {
    super(body.detail)
    this.body = body
  }

  get code(): string {
    return this.body.code
  }

  /** What to do about it. */
  get fix(): string {
    return this.body.fix
  }

  /** What is wrong with one field of what was sent, or with a part of it; undefined when nothing is. */
  field(name: string): string | undefined {
    const invalid = this.body.invalidFields?.find(({ field }) => `${field}.`.startsWith(`${name}.`))
    if (invalid) return invalid.problem
    return this.body.missingFields?.includes(name) ? 'is missing' : undefined
  }
}

/** The problem in what a server answered with an error status. */
export function problemFrom(status: number, body: unknown): Problem {
  return new Problem(
    isProblem(body)
      ? body
      : {
          code: 'internal',
          status,
          detail: `The server answered with ${status} and no reason.`,
          fix: 'Try again. If it happens again, check what stands between this page and ClawLink.',
        },
  )
}

/** The problem of a request that got no answer. */
export function unreachable(): Problem {
  return new Problem({
    code: 'unreachable',
    detail: 'ClawLink cannot be reached.',
    fix: 'See whether it is running and whether you are online, then try again.',
  })
}

function isProblem(body: unknown): body is ProblemBody {
  const { code, detail, fix } = Object(body)
  return typeof code === 'string' && typeof detail === 'string' && typeof fix === 'string'
}
