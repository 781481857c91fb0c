import { plainHeaders } from '../answer.ts'

/** Something crosses the connection this often, so that what stands between leaves it open. */
const pingMs = 20_000

/**
 * What a generator yields as server-sent events, JSON each. Its first one is awaited before this answers, so what is wrong
 * from the beginning is thrown here. `wordsOf` writes what goes wrong later. A reader that goes away ends the generator, by
 * way of `gone`.
 */
export async function eventStream<T>(
  events: AsyncGenerator<T, void, undefined>,
  { wordsOf, gone }: { wordsOf: (cause: unknown) => unknown; gone: AbortController },
): Promise<Response> {
  const first = await events.next()
  const encoder = new TextEncoder()
  let pinging: NodeJS.Timeout | undefined
  const end = () => {
    clearInterval(pinging)
    gone.abort()
  }
  let next: IteratorResult<T, void> | undefined = first
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      pinging = setInterval(() => controller.enqueue(encoder.encode(': ping\n\n')), pingMs)
      pinging.unref()
    },
    async pull(controller) {
      try {
        const { value, done } = next ?? (await events.next())
        next = undefined
        if (done) {
          end()
          return controller.close()
        }
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`))
      } catch (cause) {
        end()
        controller.enqueue(encoder.encode(`event: error\ndata: ${JSON.stringify(wordsOf(cause))}\n\n`))
        controller.close()
      }
    },
    cancel: end,
  })
  return new Response(body, {
    headers: {
      ...plainHeaders,
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    },
  })
}

export async function* mapped<T, U>(
  events: AsyncIterable<T>,
  map: (event: T) => U,
): AsyncGenerator<U, void, undefined> {
  for await (const event of events) yield map(event)
}
