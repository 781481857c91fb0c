import type { Role } from '../../src/db/schema.ts'
import type { RestAnswer, TestClawLink } from './clawlink.ts'
import { addMember } from './member.ts'
import type { HttpAnswer } from './send-http.ts'

/** A browser with its cookies, as far as OAuth needs one: it does not follow redirects by itself. */
export type Browser = {
  personId: string
  /** The session cookie, as it is sent. */
  session: string
  /** Goes to a URL of ClawLink. */
  visit(url: string): Promise<HttpAnswer & { location: string }>
  /** What a page of ClawLink sends to `/api/v1`. */
  rest(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<RestAnswer>
}

type Cookie = { name: string; value: string; path: string }

/** A new browser in which a new person is signed in; an owner of the first workspace unless said otherwise. */
export async function openBrowser(
  claw: TestClawLink,
  { name = 'Ada', role = 'owner', workspaceId = claw.app.workspaceId }: Partial<Person> = {},
): Promise<Browser> {
  const { id, token } = await addMember(claw.app.db, claw.clock.now(), { name, role, workspaceId })
  const session = token.reveal()
  const cookies: Cookie[] = [{ name: 'clawlink_session', value: session, path: '/' }]

  function cookieFor(path: string): string {
    const fitting = cookies.filter(cookie => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
    return fitting.map(cookie => `${cookie.name}=${cookie.value}`).join('; ')
  }
  function keep(answer: HttpAnswer): void {
    for (const line of answer.headers.getSetCookie()) {
      const [, cookieName = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      const path = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/'
      const at = cookies.findIndex(cookie => cookie.name === cookieName && cookie.path === path)
      if (at >= 0) cookies.splice(at, 1)
      if (value) cookies.push({ name: cookieName, value, path })
    }
  }

  return {
    personId: id,
    session: `clawlink_session=${session}`,
    async visit(url) {
      const { pathname, search, host } = new URL(url, claw.url)
      const answer = await claw.http({
        method: 'GET',
        path: pathname + search,
        headers: { host, cookie: cookieFor(pathname), accept: 'text/html' },
      })
      keep(answer)
      return { ...answer, location: answer.headers.get('location') ?? '' }
    },
    async rest(method, path, body, headers = {}) {
      const cookie = cookieFor(`/api/v1${path.split('?', 1)[0]}`)
      const answer = await claw.rest(method, path, {
        key: null,
        headers: { cookie, origin: claw.url, ...headers },
        ...(body !== undefined && { body }),
      })
      return answer
    },
  }
}

type Person = { name: string; role: Role; workspaceId: string }
