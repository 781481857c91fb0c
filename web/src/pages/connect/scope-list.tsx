import { CopyButton } from '../../kit/copy-button.tsx'

/** The names of scopes, as the provider writes them. */
export function ScopeList({
  label,
  scopes,
  copies = false,
}: {
  label: string
  scopes: readonly string[]
  copies?: boolean
}) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <div className="flex items-center justify-between gap-3">
        <p className="font-medium">{label}</p>
        {copies && <CopyButton text={scopes.join(' ')} label="scopes" />}
      </div>
      <ul className="flex flex-wrap gap-1.5">
        {scopes.map(scope => (
          <li
            key={scope}
            className="wrap-anywhere min-w-0 rounded-md border border-line bg-card px-1.5 py-0.5 font-mono text-xs"
          >
            {scope}
          </li>
        ))}
      </ul>
    </div>
  )
}
