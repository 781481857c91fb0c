import { fileURLToPath } from 'node:url'
import { type BuiltApp, type BuiltFile, readBuiltApp } from './built-app.ts'
import { fileHeaders, pageHeaders } from './headers.ts'
import { pageAt } from './pages.ts'

const built = fileURLToPath(new URL('../../../web/dist', import.meta.url))

const notBuilt = `ClawLink is running, but its web app is not built.

Stop it and run npm start: that builds the web app, or says why it cannot.
The REST API, MCP and the clawlink command work without it.
`

/** What a GET asks for, as far as the web app looks at it. */
export type Asked = { path: string; accept: string; encodings: string }

/**
 * Answers with the web app: a file of it, or its page wherever a browser asks for one. Undefined is for somebody else to
 * answer. @param folder holds the built app; it is read when it is first asked for
 */
export function webApp(folder: string = built): (asked: Asked) => Promise<Response | undefined> {
  let reading: Promise<BuiltApp | undefined> | undefined
  return async ({ path, accept, encodings }) => {
    const kind = accept.includes('text/html') ? pageAt(path) : undefined
    if (!kind && !mayBeFile(path)) return undefined
    reading ??= readBuiltApp(folder)
    const app = await reading
    const file = app?.files.get(path)
    if (file) return answer(file, encodings, fileHeaders(file.type, file.isHashed))
    if (!kind) return undefined
    return app ? answer(app.page, encodings, pageHeaders, kind === 'page' ? 200 : 404) : unbuilt()
  }
}

const mayBeFile = (path: string) => path.startsWith('/assets/') || /^\/[\w-]+\.\w+$/.test(path)

function answer(
  { bytes, gzip }: BuiltFile,
  encodings: string,
  headers: Record<string, string>,
  status = 200,
): Response {
  const compressed = gzip && /\bgzip\b/.test(encodings) ? gzip : undefined
  return new Response(compressed ?? bytes, {
    status,
    headers: { ...headers, vary: 'accept, accept-encoding', ...(compressed && { 'content-encoding': 'gzip' }) },
  })
}

function unbuilt(): Response {
  return new Response(notBuilt, {
    status: 503,
    headers: { ...pageHeaders, 'content-type': 'text/plain; charset=utf-8' },
  })
}
