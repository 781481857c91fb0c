import * as z from 'zod'
import { bodyCursor, connector, headers, tool } from '../catalog/define.ts'

const monitor = { monitor_id: z.int().min(1) }
const seconds = z.int().describe('Seconds since 1970')

/** Datadog's API, v1 and v2: https://docs.datadoghq.com/api/latest/. */
export const datadog = connector({
  name: 'Datadog',
  about: 'Monitors, metrics, logs and events of a Datadog organization.',
  category: 'operations',
  auth: [
    headers({
      id: 'keys',
      label: 'API key and application key',
      console: 'https://app.datadoghq.com/organization-settings/application-keys',
      advice:
        'Make an API key, and an application key with monitors_read, monitors_write, logs_read_data, timeseries_query ' +
        'and user_access_read. On another site the page has the same path.',
      fields: {
        secret: { label: 'API key', secret: true },
        application_key: { label: 'Application key', secret: true },
      },
      headers: { 'dd-api-key': '{secret}', 'dd-application-key': '{application_key}' },
    }),
  ],
  inputs: {
    site: {
      label: 'Site',
      hint: 'Where your organization lives: the address of Datadog without app.',
      options: [
        'datadoghq.com',
        'us3.datadoghq.com',
        'us5.datadoghq.com',
        'datadoghq.eu',
        'ap1.datadoghq.com',
        'ap2.datadoghq.com',
        'ddog-gov.com',
        'us2.ddog-gov.com',
      ],
      default: 'datadoghq.com',
    },
  },
  account: { request: 'GET /v2/current_user', id: 'data.id', label: 'data.attributes.email' },
  api: {
    base: 'https://api.{site}/api',
    errors: [
      { status: 200, body: ['status', 'error'], code: 'validation_error', message: 'error' },
      { status: 429, code: 'rate_limited' },
    ],
    retry: [{ header: 'x-ratelimit-reset', unit: 'delta_s', when: ['x-ratelimit-remaining', '0'] }],
    // https://docs.datadoghq.com/api/latest/rate-limits/: each endpoint has its own.
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        unit: 'delta_s',
        max: 'x-ratelimit-limit',
        each: true,
      },
    ],
    message: ['errors.0.detail', 'errors.0'],
  },
  sources: { monitor_id: 'list_monitors' },
  tools: () => ({
    list_monitors: tool({
      about: 'List or search the monitors (alerts) of Datadog with their states.',
      input: {
        name: z.string().optional().describe('Words in the name'),
        monitor_tags: z.string().optional().describe('Comma-separated: team:web,env:prod'),
      },
      request: 'GET /v1/monitor{?name,monitor_tags}',
    }),
    get_monitor: tool({
      about: 'Read one monitor (alert) of Datadog: its query, message and state.',
      input: monitor,
      request: 'GET /v1/monitor/{monitor_id}',
    }),
    create_monitor: tool({
      about: 'Make a monitor (alert) in Datadog. Each call makes another one.',
      input: {
        name: z.string().min(1),
        type: z.string().describe('Such as metric alert, query alert or log alert'),
        query: z.string().describe('avg(last_5m):avg:system.load.1{env:prod} > 4'),
        message: z.string().optional().describe('With @name to notify'),
        tags: z.array(z.string()).optional(),
      },
      request: 'POST /v1/monitor',
    }),
    delete_monitor: tool({
      about: 'Delete a monitor (alert) of Datadog.',
      input: monitor,
      request: 'DELETE /v1/monitor/{monitor_id}',
    }),
    query_metrics: tool({
      about: 'Query a metric of Datadog between two times.',
      input: { from: seconds, to: seconds, query: z.string().describe('avg:system.cpu.user{*} by {host}') },
      request: 'GET /v1/query{?from,to,query}',
      pick: 'series',
    }),
    search_logs: tool({
      about: 'Search the logs of Datadog; with sort -timestamp the newest come first.',
      input: {
        filter: z.strictObject({
          query: z.string().describe('service:web status:error'),
          from: z.string().optional().describe('now-15m or a time'),
          to: z.string().optional(),
        }),
        sort: z.enum(['timestamp', '-timestamp']).optional(),
        page: z.strictObject({ limit: z.int().min(1).max(1000) }).optional(),
      },
      request: 'POST /v2/logs/events/search',
      effect: 'read',
      page: bodyCursor('page.cursor', 'meta.page.after'),
      pick: 'data',
    }),
  }),
})
