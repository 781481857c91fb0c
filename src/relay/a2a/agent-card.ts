import type { AgentCard, AgentInterface } from '@a2a-js/sdk'
import { version } from '../../core/version.ts'
import type { RelayAgent } from '../agents/agent.ts'

/** What is spoken, the preferred first. */
const spoken = [
  { protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
  { protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' },
  { protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
  { protocolBinding: 'HTTP+JSON', protocolVersion: '0.3' },
]

const anything = ['text/plain', 'application/json']

/** An agent of the relay as A2A clients get to know it (A2A 1.0, section 4.4). Pure. */
export function agentCard(agent: RelayAgent, ownUrl: string): AgentCard {
  const url = `${ownUrl}/a2a/${agent.id}`
  const accepts = agent.accepts.filter(each => each.includes('/'))
  const inputModes = accepts.length ? accepts : anything
  return {
    name: agent.name,
    description: agent.description || `${agent.name}, an agent at ClawLink.`,
    version,
    provider: undefined,
    supportedInterfaces: spoken.map((each): AgentInterface => ({ ...each, url, tenant: '' })),
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true, extensions: [] },
    securitySchemes: {
      clawlink: {
        scheme: {
          $case: 'httpAuthSecurityScheme',
          value: { scheme: 'bearer', description: 'A ClawLink key of the same workspace.', bearerFormat: '' },
        },
      },
    },
    securityRequirements: [{ schemes: { clawlink: { list: [] } } }],
    defaultInputModes: inputModes,
    defaultOutputModes: anything,
    skills: (agent.capabilities.length ? agent.capabilities : ['general']).map(name => ({
      id: name,
      name,
      description: agent.capabilities.length ? `What ${agent.name} calls ${name}.` : 'Whatever it is asked for.',
      tags: [name],
      examples: [],
      inputModes: [],
      outputModes: [],
      securityRequirements: [],
    })),
    signatures: [],
  }
}
