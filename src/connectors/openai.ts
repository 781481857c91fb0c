import * as z from 'zod'
import { apiKey, connector, cursor, file, tool } from '../catalog/define.ts'

const model = z.string().describe('Id of a model; list_models has them')

/** OpenAI's API v1: https://platform.openai.com/docs/api-reference. */
export const openai = connector({
  name: 'OpenAI',
  about: 'Ask models of OpenAI, embed texts, check them for harm, and keep files for them.',
  category: 'ai',
  auth: [
    apiKey({
      label: 'API key',
      console: 'https://platform.openai.com/api-keys',
      advice: 'Make a key of a project, with read on Models, and write on Responses, Model capabilities and Files.',
      example: 'sk-proj-…',
    }),
  ],
  account: { request: 'GET /models' },
  api: {
    base: 'https://api.openai.com/v1',
    version: 'v1',
    errors: [
      { status: 401, body: ['error.message', /Missing scopes: /], code: 'missing_scope' },
      { status: 429, body: ['error.code', 'insufficient_quota'], code: 'quota_exceeded' },
      { status: 429, code: 'rate_limited' },
    ],
    // https://platform.openai.com/docs/guides/rate-limits: of each model.
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining-requests',
        reset: 'x-ratelimit-reset-requests',
        unit: 'duration',
        max: 'x-ratelimit-limit-requests',
        each: true,
      },
    ],
    message: ['error.message'],
  },
  sources: { model: 'list_models', file_id: 'list_files', input_file_id: 'list_files' },
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
    // https://platform.openai.com/docs/api-reference/files
    list_files: tool({
      about: 'List the files that are kept at OpenAI, newest first.',
      input: { limit: z.int().min(1).max(10_000).optional(), purpose: z.string().optional() },
      request: 'GET /files{?limit,purpose}',
      page: cursor('after', 'last_id', { more: 'has_more' }),
      pick: 'data',
    }),
    upload_file: tool({
      about: 'Upload a file to OpenAI, for models to read or for a batch. Each call keeps another one.',
      input: {
        purpose: z.enum(['user_data', 'assistants', 'batch', 'fine-tune', 'vision', 'evals']),
        file: file(),
      },
      request: 'POST /files',
      upload: { kind: 'multipart', file: 'file', bytesMax: 512 * 1024 * 1024 },
    }),
    download_file: tool({
      about: 'Download the content of a file that is kept at OpenAI, such as the output of a batch.',
      input: { file_id: z.string() },
      request: 'GET /files/{file_id}/content',
      download: { name: 'file_id' },
    }),
    // https://platform.openai.com/docs/api-reference/batch
    run_batch: tool({
      about:
        'Run a batch of requests at OpenAI at half the price, from an uploaded file of JSON lines. Takes minutes to a day; its answer names the file with the results.',
      input: {
        input_file_id: z.string().describe('Id of a file that was uploaded with purpose batch'),
        endpoint: z.enum(['/v1/responses', '/v1/chat/completions', '/v1/embeddings', '/v1/moderations']),
        completion_window: z.literal('24h'),
      },
      request: 'POST /batches',
      job: {
        poll: 'get_batch',
        args: { batch_id: 'id' },
        state: 'status',
        done: ['completed'],
        failed: ['failed', 'expired', 'cancelled'],
        message: 'errors.data.0.message',
        withinS: 48 * 60 * 60,
      },
    }),
    get_batch: tool({
      about: 'How far a batch of OpenAI is, and the files with its results and errors once it is done.',
      input: { batch_id: z.string() },
      request: 'GET /batches/{batch_id}',
    }),
    delete_file: tool({
      about: 'Delete a file that is kept at OpenAI.',
      input: { file_id: z.string() },
      request: 'DELETE /files/{file_id}',
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
