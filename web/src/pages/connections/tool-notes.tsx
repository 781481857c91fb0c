import { useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'
import { Disclosure } from '../../kit/disclosure.tsx'
import { noticeSummary, noticesOf } from './tool-notices.ts'

/** What there is to know about a provider's tools: those that go away, and those that answer differently. Mostly nothing. */
export function ToolNotes({ provider }: { provider: string }) {
  const { data } = useQuery({
    ...ask('GET /tool-versions', { query: { provider, limit: 200 } }),
    staleTime: 60_000,
  })
  const notices = noticesOf(data?.items ?? [], Date.now())
  if (notices.length === 0) return null
  return (
    <div className="border-line border-t px-4 py-2 sm:px-5">
      <Disclosure summary={<span className="wrap-anywhere min-w-0">{noticeSummary(data?.items ?? [])}</span>}>
        <ul className="flex flex-col gap-2 pb-2 text-sm">
          {notices.map(({ tool, words }) => (
            <li key={tool} className="wrap-anywhere">
              <code className="font-mono text-[0.8125rem]">{tool}</code>{' '}
              <span className="text-soft">{words.join(' ')}</span>
            </li>
          ))}
        </ul>
      </Disclosure>
    </div>
  )
}
