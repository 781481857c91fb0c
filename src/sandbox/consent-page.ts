import type { Account } from './accounts.ts'
import type { Answer } from './answer.ts'

/** What apps may ask for at the sandbox, in the words of the person who is asked. */
export const scopeWords: Readonly<Record<string, string>> = {
  mail: 'Read, send and delete your mail',
  issues: 'Read and change the issues of your projects',
  payments: 'See your customers, take payments and pay them back',
  offline_access: 'Stay connected while you are away',
}

/** Who asks for what. `action`: where the form goes. */
export type Asking = {
  client: string
  /** Where the person is sent back to; a device has no such place. */
  returnsTo?: string
  scopes: readonly string[]
  accounts: readonly Account[]
  action: string
  /** Sent along with the decision. */
  hidden?: Record<string, string>
}

/** A person's answer to a consent page. No account or no scope at all counts as a no. */
export type Decision = { account: Account; scopes: string[] } | 'denied'

/** A page without scripts that asks for an account and, scope by scope, for what the app may do. */
export function consentPage({ client, returnsTo, scopes, accounts, action, hidden = {} }: Asking): Answer {
  const people = accounts.map(
    ({ id, name, email }, at) =>
      `<label><input type="radio" name="account" value="${escaped(id)}"${at === 0 ? ' checked' : ''}>
<span>${escaped(name)}<small>${escaped(email)}</small></span></label>`,
  )
  const wishes = scopes.map(
    scope =>
      `<label><input type="checkbox" name="scope" value="${escaped(scope)}" checked>
<span>${escaped(scopeWords[scope] ?? scope)}<small>${escaped(scope)}</small></span></label>`,
  )
  const along = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const back = returnsTo === undefined ? '' : `<p class="quiet">You will be sent back to ${escaped(returnsTo)}</p>`
  return page(
    200,
    `${client} asks for access`,
    `<h1><b>${escaped(client)}</b> asks for access to your Sandbox account</h1>
<form method="post" action="${escaped(action)}">
${along.join('\n')}
<fieldset><legend>Account</legend>${people.join('\n')}</fieldset>
<fieldset><legend>It wants to</legend>${wishes.join('\n')}</fieldset>
<div class="row"><button name="decision" value="allow" class="main">Sign in and allow</button>
<button name="decision" value="deny">Deny</button></div>
${back}
</form>`,
  )
}

/** Reads what the form of a consent page sends; of the scopes, only those that were asked for. */
export function readDecision(body: Buffer, { scopes, accounts }: Pick<Asking, 'scopes' | 'accounts'>): Decision {
  const form = new URLSearchParams(body.toString())
  const account = accounts.find(({ id }) => id === form.get('account'))
  const granted = scopes.filter(scope => form.getAll('scope').includes(scope))
  if (form.get('decision') !== 'allow' || !account || !granted.length) return 'denied'
  return { account, scopes: granted }
}

/** Asks for the code that a device shows. */
export function codePage(action: string, problem = ''): Answer {
  return page(
    problem ? 400 : 200,
    'Connect a device',
    `<h1>Connect a device to your Sandbox account</h1>
${problem && `<p role="alert">${escaped(problem)}</p>`}
<form method="get" action="${escaped(action)}">
<label class="field">Code that the device shows
<input name="user_code" required autocomplete="off" autocapitalize="characters" spellcheck="false"></label>
<div class="row"><button class="main">Go on</button></div>
</form>`,
  )
}

/** One message and nothing to do. */
export function messagePage(status: number, title: string, text: string): Answer {
  return page(status, title, `<h1>${escaped(title)}</h1>\n<p>${escaped(text)}</p>`)
}

function page(status: number, title: string, main: string): Answer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    text: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Sandbox</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="brand">Sandbox<span>practice provider</span></p>
${main}
</main>
</body>
</html>
`,
  }
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d7d3c8, #3d3a35); --quiet: light-dark(#5f5b52, #a8a297);
  --main: light-dark(#8a3b12, #f0a878); --on-main: light-dark(#fff, #2a1406); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f3f0e8, #191714); color: light-dark(#26231e, #ece7dd); }
main { width: 100%; max-width: 27rem; padding: 1.5rem; border: 1px solid var(--line); border-radius: 14px;
  background: light-dark(#fffdf8, #23201c); overflow-wrap: anywhere; }
.brand { margin: 0 0 1rem; font-weight: 700; color: var(--main); }
.brand span { margin-left: .5rem; font-weight: 400; font-size: .85rem; color: var(--quiet); }
h1 { margin: 0 0 1.25rem; font-size: 1.25rem; line-height: 1.35; font-weight: 500; }
fieldset { margin: 0 0 1.25rem; padding: 0; border: 0; min-width: 0; }
legend { padding: 0 0 .4rem; font-size: .85rem; color: var(--quiet); }
fieldset label { display: flex; gap: .75rem; align-items: start; padding: .6rem .75rem; border: 1px solid var(--line);
  cursor: pointer; }
fieldset label + label { border-top: 0; }
fieldset label:first-of-type { border-radius: 9px 9px 0 0; }
fieldset label:last-of-type { border-radius: 0 0 9px 9px; }
fieldset label:only-of-type { border-radius: 9px; }
input[type=radio], input[type=checkbox] { flex: none; width: 1.1rem; height: 1.1rem; margin: .2rem 0; accent-color: var(--main); }
small { display: block; font-size: .8rem; color: var(--quiet); }
.field input { display: block; width: 100%; margin: .3rem 0 1.25rem; padding: .6rem .75rem; font: inherit;
  letter-spacing: .08em; border: 1px solid var(--line); border-radius: 9px; background: transparent; color: inherit; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; }
button { flex: 1 1 auto; padding: .65rem 1rem; font: inherit; font-weight: 600; border: 1px solid var(--line); border-radius: 9px;
  background: transparent; color: inherit; cursor: pointer; }
button.main { border-color: var(--main); background: var(--main); color: var(--on-main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.quiet, [role=alert] { margin: 1rem 0 0; font-size: .85rem; color: var(--quiet); }
[role=alert] { margin: 0 0 1rem; color: var(--main); }
`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string) => text.replace(/[&<>"']/g, each => entities[each] ?? '')
