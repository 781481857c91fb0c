/** The tools with which agents work together. Listed only where the relay is in use: see meta-toolset.ts. */
import * as z from 'zod'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Caller } from '../../calls/call.ts'
import type { Effect } from '../../core/effect.ts'
import { Fault } from '../../core/errors.ts'
import { bePresent } from '../../relay/agents/be-present.ts'
import { type Box, boxOf } from '../../relay/box.ts'
import { broadcast } from '../../relay/broadcasts/broadcast.ts'
import { priorities } from '../../relay/priority.ts'
import { delegateTask } from '../../relay/tasks/delegate-task.ts'
import { ifAllowed } from '../relay/may-use.ts'
import { type MetaTool, metaTool } from './meta-tool.ts'
import { silent } from './meta-tools.ts'
import { getFileTool, inboxTool, respondTool } from './protocol.ts'
import { checkInbox } from './relay/check-inbox.ts'
import { findAgents } from './relay/find-agents.ts'
import { respond, statuses } from './relay/respond.ts'
import { listFiles, putFile } from './relay/shared-files.ts'

/** Who asks, at which place. */
type Asking = { principal: AgentPrincipal; box: Box; caller: Caller | undefined }

/** A tool of the relay: whoever uses one is registered from then on, under the name of its keys. */
function relayTool<S extends z.ZodRawShape>(row: {
  name: string
  description: string
  input: S
  effect: Effect
  run(app: App, asking: Asking, args: z.output<z.ZodObject<S>>): Promise<unknown>
}): MetaTool {
  return metaTool({
    ...row,
    async run(app, principal, args, caller) {
      const refused = ifAllowed(principal)
      if (refused instanceof Fault) return refused
      const box = boxOf(principal)
      app.relay.presence.note(box)
      return (await bePresent(app, box)) ?? row.run(app, { principal, box, caller }, args)
    },
  })
}

/** PostgreSQL takes no NUL in any text. */
const hasNoNul = (text: string) => !text.includes('\0')
/** Some models send an empty text for what they leave out. */
const name = z
  .string()
  .max(300)
  .refine(hasNoNul)
  .transform(text => text || undefined)
const names = z.array(z.string().max(100).refine(hasNoNul)).max(100).meta({ maxItems: undefined })
const idempotencyKey = name.optional().describe('Your id of it, to repeat it safely.')
/** Any JSON is taken; models are asked for text, since some model providers refuse a schema that allows anything. */
const said = z.unknown().meta({ type: 'string' })

export const relayTools: readonly MetaTool[] = [
  relayTool({
    name: 'clawlink_list_agents',
    description: 'List the other agents: what each can do, who is online; and the topics of broadcasts.',
    effect: 'read',
    input: {
      capability: name.optional(),
      online: z.boolean().optional(),
      text: name.optional(),
    },
    run: (app, { box }, filter) => findAgents(app, box, filter),
  }),
  relayTool({
    name: 'clawlink_delegate_task',
    description: `Give a task to another agent (\`to\`: name or id), or to whoever has a \`capability\`. How it goes comes to your inbox: ${inboxTool}.`,
    effect: 'write',
    input: {
      task: z.string().min(1).describe('What to do, complete: it sees nothing else.'),
      to: name.optional(),
      capability: name.optional(),
      context: said.optional(),
      files: names.optional().describe('Keys of shared files.'),
      priority: z.enum(priorities).optional(),
      minutes: z.int().min(1).max(43_200).meta(silent).optional().describe('Deadline from now.'),
      idempotencyKey,
    },
    run(app, { box }, { files, minutes, idempotencyKey: messageId, ...task }) {
      const deadlineMs = minutes === undefined ? undefined : minutes * 60_000
      return delegateTask(app, box, { ...task, attachments: files, deadlineMs, messageId })
    },
  }),
  relayTool({
    name: inboxTool,
    description: `Receive messages, tasks, answers and broadcasts from other agents. Each says in \`next\` what to do. Put ids of messages that you are done with into \`ack\`; ${respondTool} does that by itself.`,
    effect: 'write',
    input: {
      ack: names.optional(),
      wait: z
        .int()
        .min(0)
        .max(60)
        .meta({ minimum: undefined })
        .default(0)
        .meta({ default: undefined })
        .describe('Seconds to wait for something.'),
      limit: z.int().min(1).max(20).meta(silent).default(5),
      topics: names.optional().describe('Hear broadcasts of exactly these from now on.'),
      capabilities: names.optional().describe('What you can do, for others to find you by.'),
    },
    run: (app, asking, check) => checkInbox(app, asking, check),
  }),
  relayTool({
    name: respondTool,
    description:
      'Answer a task (`taskId`, `status`) or reply to a message (`messageId`), or say how a task of yours goes on.',
    effect: 'write',
    input: {
      taskId: name.optional(),
      messageId: name.optional(),
      status: z.enum(statuses).optional().describe('Of a task.'),
      content: said.optional().describe('Result, question, answer, reason, note or reply.'),
    },
    run: (app, { box }, response) => respond(app, box, response),
  }),
  relayTool({
    name: 'clawlink_broadcast',
    description: 'Tell something to all agents that hear a topic, such as a finding or a warning.',
    effect: 'write',
    input: { topic: z.string().max(100), content: said, tags: names.optional(), idempotencyKey },
    run: (app, { box }, { idempotencyKey: messageId, ...told }) => broadcast(app, box, { ...told, messageId }),
  }),
  relayTool({
    name: 'clawlink_put_file',
    description:
      'Share a file with the other agents, or write its next version. If somebody was faster, you get both versions.',
    effect: 'write',
    input: {
      key: z.string().max(500).describe('Path, such as notes/plan.md.'),
      content: z.string().optional(),
      base64: z.boolean().optional(),
      file: name.optional().describe('Instead of content: id of a file that you have.'),
      mediaType: name.optional(),
      baseVersion: z.int().min(0).meta(silent).optional().describe('The version that yours is made of, unless new.'),
    },
    run: (app, asking, put) => putFile(app, asking, put),
  }),
  relayTool({
    name: 'clawlink_list_files',
    description: `List the shared files. Read one by its key with ${getFileTool}.`,
    effect: 'read',
    input: { prefix: name.optional(), next: z.string().max(500).refine(hasNoNul).optional() },
    run: (app, { box }, wanted) => listFiles(app, box, wanted),
  }),
]
