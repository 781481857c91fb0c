/** The part of a Koa context that is needed here. */
export type Refusing = {
  method: string
  status: number
  body: unknown
  get(name: string): string
  set(name: string, value: string): void
}

/**
 * Answers a request that cannot be answered by a redirect to whoever made it. A program gets the error (RFC 6749, 5.2); a
 * person whom it sent here gets our page that says what to do. Browsers say which it is, over https and on one machine.
 */
export function tellRefusal(ctx: Refusing, told: { error: string; error_description?: string | undefined }): void {
  if (ctx.method === 'GET' && ctx.get('sec-fetch-dest') === 'document') {
    ctx.body = ''
    ctx.status = 303
    ctx.set('location', `/consent/refused#${told.error}`)
    return
  }
  ctx.set('content-type', 'application/json')
  ctx.body = told
}
