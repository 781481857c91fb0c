/** What this process knows of connections that are open just now. Nothing of it is needed after a restart. */
export type Live = {
  /** A device has a connection open, from now until `left`. */
  joined(agentId: string, device: string): { left(): void }
  /** Whether this agent, or this device of it, has one. */
  has(agentId: string, device?: string): boolean
}

export function createLive(): Live {
  const agents = new Map<string, string[]>()
  return {
    joined(agentId, device) {
      agents.set(agentId, [...(agents.get(agentId) ?? []), device])
      return {
        left() {
          const devices = agents.get(agentId) ?? []
          devices.splice(devices.indexOf(device) >>> 0, 1)
          if (!devices.length) agents.delete(agentId)
        },
      }
    },
    has: (agentId, device) => {
      const devices = agents.get(agentId)
      return devices !== undefined && (device === undefined || devices.includes(device))
    },
  }
}
