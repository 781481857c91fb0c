import { A2AError } from '@a2a-js/sdk/errors'
import type { A2ARequestHandler } from '@a2a-js/sdk/server'
import type { Log } from '../../core/log.ts'
import { innerFault } from '../../db/inner-fault.ts'

/**
 * The same handler, but of what fails inside ClawLink the caller hears only that it did: the bindings write out any error, and
 * the text of one that is not A2A's own may quote anything. The cause is in the log.
 */
export function hideFailures(log: Log, handler: A2ARequestHandler): A2ARequestHandler {
  function told(cause: unknown, method: string): unknown {
    if (cause instanceof A2AError) return cause
    log.error({ err: cause, method }, 'a request over A2A failed inside ClawLink')
    return new Error(innerFault(cause).message)
  }

  async function* guarded(events: AsyncIterable<unknown>, method: string): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* events
    } catch (cause) {
      throw told(cause, method)
    }
  }

  return new Proxy(handler, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...given: unknown[]) => {
        const result: object = Reflect.apply(method, target, given)
        if (Symbol.asyncIterator in result) return guarded(result as AsyncIterable<unknown>, String(name)) // it has an iterator
        return Promise.resolve(result).catch(cause => {
          throw told(cause, String(name))
        })
      }
    },
  })
}
