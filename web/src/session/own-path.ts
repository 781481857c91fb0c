/**
 * The path of one of our own pages, as a link asks for it; `/` when it asks for anything else. Pure.
 * @param asked a path, or a whole address of this origin
 */
export function ownPath(asked: string | undefined, origin: string): string {
  const url = URL.parse(asked ?? '/', origin)
  return url?.origin === origin && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : '/'
}
