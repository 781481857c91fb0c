import type { ToolVersion } from '../calls/output/list-tool-versions.ts'
import type { Finding } from './doctor.ts'

/**
 * What a person should know of the APIs that the tools of one provider use: which version, and of each tool that is
 * going away or does not do what it promises, that. What goes away first comes first. Pure.
 */
export function aboutProviderApi(name: string, tools: readonly ToolVersion[]): Finding[] {
  const going = tools
    .filter(tool => tool.sunset !== null || tool.deprecation !== null)
    .toSorted((a, b) => (endOf(a) < endOf(b) ? -1 : 1))
  return [
    versions(name, tools),
    ...going.map(goingAway),
    ...tools.filter(({ mismatches }) => mismatches > 0).map(mismatched),
  ]
}

/** Without a time, after those that have one. */
const endOf = ({ sunset, deprecation }: ToolVersion) => `${sunset ?? '~'} ${deprecation}`

function versions(name: string, tools: readonly ToolVersion[]): Finding {
  const pinned = Map.groupBy(tools, ({ version }) => version ?? 'unstated')
  const parts = [...pinned].map(([version, those]) => `${those.length} tools for API version ${version}`)
  const other = tools.filter(({ version, versionSeen }) => versionSeen !== null && versionSeen !== version)
  const seen = [...new Set(other.map(({ versionSeen }) => versionSeen))].join(', ')
  const what = `${name}: ${parts.join(', ')}`
  return seen ? { state: 'note', what: `${what}; it answers by ${seen}.` } : { state: 'good', what }
}

function goingAway({ tool, sunset, deprecation }: ToolVersion): Finding {
  const since = deprecation === null || deprecation === 'true' ? '' : ` (since ${deprecation.slice(0, 10)})`
  return {
    state: 'note',
    what: `${tool}: ${[
      deprecation === null ? '' : `its provider calls it deprecated${since}`,
      sunset === null ? '' : `it goes away on ${sunset.slice(0, 10)}`,
    ]
      .filter(Boolean)
      .join(', and ')}.`,
    fix: 'Update ClawLink before then.',
  }
}

function mismatched({ tool, mismatches, mismatch }: ToolVersion): Finding {
  return {
    state: 'note',
    what: `${tool}: ${mismatches} ${mismatches === 1 ? 'answer' : 'answers'} in the last day had another shape than promised: ${mismatch}.`,
    fix: 'Update ClawLink, or report it: the connector needs an update.',
  }
}
