/** What a browser with a person in front of it does at a consent page, done by fetch: for tests. */
export type Choice = {
  /** Part of the account's name or address; the first account unless told. */
  account?: string
  /** Leaves out the other scopes that are asked for. */
  scopes?: readonly string[]
  deny?: boolean
}

export type SignedIn = {
  /** Where the browser is sent back to, not followed; undefined when there was only a page at the end. */
  location: URL | undefined
  /** The pages that were seen on the way. */
  pages: { status: number; text: string }[]
}

/**
 * Opens an authorization URL (or the page for a device's code) at either OAuth server of the sandbox, decides, and
 * follows the redirects as far as the provider's own pages go.
 */
export async function signIn(url: string | URL, choice: Choice = {}): Promise<SignedIn> {
  const { origin } = new URL(url)
  const cookies = new Map<string, string>()
  const pages: SignedIn['pages'] = []
  let next = new URL(url)
  let form: URLSearchParams | undefined
  while (next.origin === origin) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(next, {
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie && { cookie }) },
      ...(form && { method: 'POST', body: form }),
    })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    const text = await answer.text()
    const location = answer.headers.get('location')
    if (location === null) pages.push({ status: answer.status, text })
    if (location === null && (form || !/method="post"/.test(text))) return { location: undefined, pages }
    form = location === null ? decision(text, choice) : undefined
    next = new URL(location ?? /action="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '', next)
  }
  return { location: next, pages }
}

/** The form of a consent page, filled in. */
function decision(page: string, { account = '', scopes, deny }: Choice): URLSearchParams {
  const form = new URLSearchParams({ decision: deny ? 'deny' : 'allow' })
  const inputs = page.matchAll(
    /<input type="(\w+)" name="(\w+)" value="([^"]*)"[^>]*>\s*([\s\S]*?)(?=<\/label>|<input|$)/g,
  )
  for (const [, type, name = '', value = '', label = ''] of inputs) {
    if (type === 'radio' && (form.has(name) || !label.includes(account))) continue
    if (type === 'checkbox' && scopes && !scopes.includes(value)) continue
    form.append(name, value)
  }
  return form
}
