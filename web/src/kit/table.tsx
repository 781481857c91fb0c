import type { ReactNode } from 'react'

/** Rows with columns. It scrolls sideways inside itself where the screen is narrow. */
export function Table({ label, head, children }: { label: string; head: readonly ReactNode[]; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section tabIndex={0} aria-label={label} className="overflow-x-auto rounded-b-xl focus-visible:-outline-offset-2">
      <table className="w-full border-collapse text-left text-sm">
        <thead>
          <tr className="border-line border-b bg-sunken/60 text-faint text-xs">
            {head.map((cell, column) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
                key={column}
                scope="col"
                className="whitespace-nowrap px-3 py-2 font-medium first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5"
              >
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </section>
  )
}

export function Row({ children }: { children: ReactNode }) {
  return <tr className="transition-colors hover:bg-hover/60">{children}</tr>
}

export function Cell({ children, wrap = false }: { children?: ReactNode; wrap?: boolean }) {
  return (
    <td
      className={`px-3 py-2.5 align-top first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5 ${wrap ? 'min-w-48' : 'whitespace-nowrap'}`}
    >
      {children}
    </td>
  )
}
