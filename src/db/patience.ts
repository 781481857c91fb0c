/** How long a PostgreSQL server may be silent before it counts as gone: a machine that is cut off closes no connection. */
export const patience = { connectionTimeoutMillis: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000 }
