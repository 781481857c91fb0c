import type { Classified } from '../classify.ts'
import type { Sign } from './breaker.ts'

/**
 * What an attempt says of the provider. Any answer of its own shows that it is up, a refusal or a rate limit too; a server
 * error, no connection and no answer in time that it is down. A request that ClawLink did not let out says nothing.
 */
export function signOf(classified: Classified): Sign {
  if (classified.ok) return 'up'
  const { fault, trusted, reached } = classified
  const isLost = fault.code === 'provider_unavailable' || fault.code === 'timeout'
  if (isLost && !trusted) return 'down'
  return reached === 'answered' ? 'up' : 'nothing'
}
