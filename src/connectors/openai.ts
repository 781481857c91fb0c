import * as z from 'zod'
import { apiKey, connector, tool } from '../catalog/define.ts'

const model = z.string().describe('Id of a model; list_models has them')

/** OpenAI's API v1: https://platform.openai.com/docs/api-reference. */
export const openai = connector({
  name: 'OpenAI',
  about: 'Ask models of OpenAI, embed texts and check them for harm.',
  category: 'ai',
  auth: [
    apiKey({
      label: 'API key',
      console: 'https://platform.openai.com/api-keys',
      advice: 'Make a key of a project, with read on Models and write on Model capabilities.',
      example: 'sk-proj-…',
    }),
  ],
  account: { request: 'GET /models' },
  api: {
    base: 'https://api.openai.com/v1',
    version: 'v1',
    errors: [
      { status: 429, body: ['error.code', 'insufficient_quota'], code: 'quota_exceeded' },
      { status: 429, code: 'rate_limited' },
    ],
    message: ['error.message'],
  },
  sources: { model: 'list_models' },
  tools: () => ({
    list_models: tool({
      about: 'List the models of OpenAI that this key may use.',
      input: {},
      request: 'GET /models',
      pick: 'data',
    }),
    create_response: tool({
      about: 'Ask a model of OpenAI and get its answer (completion). Each call costs tokens.',
      input: {
        model,
        input: z.string().min(1),
        instructions: z.string().optional().describe('What the model shall be and do'),
        max_output_tokens: z.int().min(16).optional(),
        previous_response_id: z.string().optional().describe('To go on with a conversation'),
        store: z.boolean().optional().describe('false: OpenAI keeps nothing of it'),
      },
      request: 'POST /responses',
    }),
    create_embeddings: tool({
      about: 'Embed texts with OpenAI: turn them into vectors. Each call costs tokens.',
      input: { model, input: z.array(z.string()).min(1), dimensions: z.int().min(1).optional() },
      request: 'POST /embeddings',
      effect: 'read',
    }),
    moderate_text: tool({
      about: 'Check texts for harmful content with the moderation models of OpenAI.',
      input: { input: z.array(z.string()).min(1), model: model.optional() },
      request: 'POST /moderations',
      effect: 'read',
      pick: 'results',
    }),
  }),
})
