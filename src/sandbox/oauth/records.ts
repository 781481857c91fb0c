import type { AdapterPayload } from 'oidc-provider'

/** What the OAuth server remembers of one token, code, grant or unfinished sign-in. */
export type OAuthRecord = {
  readonly model: string
  readonly id: string
  payload: AdapterPayload
  /** By the sandbox's clock. */
  expiresAtMs: number
  /** When it was first redeemed. */
  consumedAtMs?: number
  /** Of a refresh token: the access token that came with it has been sent to the API. */
  used?: boolean
}

/** The OAuth server's memory. Its times are those of the sandbox's clock. */
export type OAuthRecords = {
  find(model: string, id: string): OAuthRecord | undefined
  findByUserCode(userCode: string): OAuthRecord | undefined
  put(model: string, id: string, payload: AdapterPayload, expiresAtMs: number): void
  remove(model: string, id: string): void
  /** Whether the grant that this belongs to has not ended. Two requests at once may leave a token of one that has. */
  isGranted(record: OAuthRecord): boolean
  /** The refresh tokens that can still be redeemed, those that were already redeemed left out. */
  redeemable(nowMs: number): OAuthRecord[]
  /** Ends one grant with all of its tokens and codes; every grant when none is named. */
  endGrant(grantId?: string): void
  /** Access tokens that are there now answer 401. */
  expireAccessTokens(): void
  clear(): void
}

export function oauthRecords(): OAuthRecords {
  const records = new Map<string, OAuthRecord>()
  const keyOf = (model: string, id: string) => `${model} ${id}`
  const grantOf = ({ model, id, payload }: OAuthRecord) => (model === 'Grant' ? id : payload.grantId)
  const removeWhere = (goes: (record: OAuthRecord) => boolean) => {
    for (const [key, record] of records) if (goes(record)) records.delete(key)
  }
  const isGranted = (record: OAuthRecord) => records.has(keyOf('Grant', grantOf(record) ?? ''))
  return {
    isGranted,
    find: (model, id) => records.get(keyOf(model, id)),
    findByUserCode: userCode => records.values().find(record => record.payload.userCode === userCode),
    put(model, id, payload, expiresAtMs) {
      const key = keyOf(model, id)
      records.set(key, { ...records.get(key), model, id, payload, expiresAtMs })
    },
    remove: (model, id) => void records.delete(keyOf(model, id)),
    redeemable: nowMs =>
      records
        .values()
        .filter(({ model, consumedAtMs }) => model === 'RefreshToken' && consumedAtMs === undefined)
        .filter(record => record.expiresAtMs > nowMs && isGranted(record))
        .toArray(),
    endGrant: grantId =>
      removeWhere(record => grantOf(record) !== undefined && (grantId ?? grantOf(record)) === grantOf(record)),
    expireAccessTokens: () => removeWhere(({ model }) => model === 'AccessToken'),
    clear: () => records.clear(),
  }
}
