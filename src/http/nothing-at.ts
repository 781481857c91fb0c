import { Fault } from '../core/errors.ts'
import { perObject } from '../core/per-object.ts'
import type { Route } from './rest/route.ts'
import { restRoutes } from './rest/routes.ts'

/** Why nobody serves this request: its path takes other methods (RFC 9110, 15.5.6), or there is nothing at all. */
export function nothingAt(method: string, path: string): Fault {
  const allowed = methodsAt(path)
  const shown = path.slice(0, 200)
  if (!allowed.length)
    return new Fault('not_found', `There is nothing at ${shown}.`, { fix: 'See /api/openapi.json for what there is.' })
  const listed = allowed.join(', ')
  return new Fault('method_not_allowed', `${shown} does not take ${method.slice(0, 20)}.`, {
    fix: `Use ${listed}. /api/openapi.json describes each.`,
    choices: allowed,
  })
}

/** What the REST routes at this path take; what takes GET takes HEAD too. */
function methodsAt(path: string): string[] {
  return restRoutes
    .filter(route => patternOf(route).test(path))
    .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
}

const patternOf = perObject(
  ({ path, tail }: Route) => new RegExp(`^/api/v1${path.replace(/\{\w+\}/g, tail ? '.+' : '[^/]+')}$`, 's'),
)
