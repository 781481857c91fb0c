import { expect, test } from 'vitest'
import { connectionRow } from '../../../test/kit/connection-row.ts'
import { buildCatalog } from '../../catalog/catalog.ts'
import { connector, none, tool } from '../../catalog/define.ts'
import { specOf } from './limits-of.ts'

type Account = { account_id: string; host?: string }

/** Whose limit it is for two connections, where the provider is reached at this base. */
function twoLimits(base: string, ...accounts: [Account, Account]) {
  const limit = { requests: 5, windowS: 60 }
  const demo = connector({
    name: 'Demo',
    about: 'Limited.',
    auth: [none()],
    inputs: { host: { label: 'Host' } },
    account: { request: 'GET /' },
    api: { base, limits: [limit] },
    tools: { read: tool({ about: 'Reads.', input: {}, request: 'GET /' }) },
  })
  const read = buildCatalog({ demo }).tools.get('demo_read')
  if (!read) throw new Error('no tool')
  return accounts.map(({ account_id, host }, at) => {
    const row = connectionRow({ id: `conn_${at}`, account_id, metadata: JSON.stringify({ host }) })
    return specOf(limit, read, row)?.id
  })
}

const oneHost = 'https://demo.example'
const ownHost = 'https://{host}/api'

test.each<[where: string, base: string, account: Account]>([
  ['the only host', oneHost, { account_id: '7' }],
  ['one of many hosts', ownHost, { account_id: '7', host: 'a.example' }],
])('a limit is shared by the connections to one account at %s', (_, base, account) => {
  const [one, other] = twoLimits(base, account, account)
  expect(one).toBe(other)
})

test.each<[what: string, base: string, accounts: [Account, Account]]>([
  ['another account', oneHost, [{ account_id: '7' }, { account_id: '8' }]],
  ['an account that has no name', oneHost, [{ account_id: '' }, { account_id: '' }]],
  [
    'the account of the same id at another host',
    ownHost,
    [
      { account_id: '7', host: 'a.example' },
      { account_id: '7', host: 'b.example' },
    ],
  ],
])('a limit is not shared with a connection to %s', (_, base, accounts) => {
  const [one, other] = twoLimits(base, ...accounts)
  expect(one).not.toBe(other)
})
