/** Shared files over real HTTP. */
import type { TestClawLink } from './clawlink.ts'
import { download, type Uploaded, upload } from './files.ts'

type Asker = Pick<TestClawLink, 'url' | 'key'>
type PutOptions = { query?: string; headers?: Record<string, string> }

export const put = (claw: Asker, key: string, content: Parameters<typeof upload>[1], options: PutOptions = {}) =>
  upload(claw, content, { method: 'PUT', path: `/relay/files/${key}`, ...options })
export const get = (claw: Asker, key: string, options: Parameters<typeof download>[2] = {}) =>
  download(claw, `/relay/files/${key}`, options)
export const remove = (claw: TestClawLink, key: string, query = '', as = claw.key) =>
  claw.rest('DELETE', `/relay/files/${encodeURIComponent(key)}${query}`, { key: as })
export const history = async (claw: TestClawLink, key: string) =>
  (await claw.rest('GET', `/relay/file-history/${encodeURIComponent(key)}?limit=200`)).body.items as Record<
    string,
    unknown
  >[]
export const list = async (claw: TestClawLink, query = '') =>
  ((await claw.rest('GET', `/relay/files${query}`)).body.items as { key: string }[]).map(({ key }) => key)
export const restore = (claw: TestClawLink, key: string, body: object) =>
  claw.rest('POST', `/relay/file-restore/${encodeURIComponent(key)}`, { body })
export const lease = (claw: TestClawLink, key: string, as = claw.key, body: object = {}) =>
  claw.rest('POST', `/relay/file-lease/${encodeURIComponent(key)}`, { body, key: as })
export const based = (version: unknown) => ({ query: `?baseVersion=${version}` })
export const brief = ({ status, body }: Pick<Uploaded, 'status' | 'body'>) => [status, body.code ?? body.version]

/** Contents that are stored, by how many rows and chunks. */
export async function stored({ app }: TestClawLink) {
  const files = await app.db.read.selectFrom('files').select(['id', 'state']).execute()
  const chunks = await app.db.read.selectFrom('file_chunks').select('seq').execute()
  return { shared: files.filter(({ state }) => state === 'shared').length, files: files.length, chunks: chunks.length }
}
