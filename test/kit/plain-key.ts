/** The columns of a key row that say nothing special: all tools, no limits, never used. */
export const plainKey = {
  kind: 'key',
  scope: '{}',
  created_by: '',
  replaced_by: '',
  calls_per_minute: null,
  calls_per_day: null,
  last_used_at: null,
} as const
