import { useQuery } from '@tanstack/react-query'
import type { LucideIcon } from 'lucide-react'
import { Ban, Bot, ListChecks, ScrollText, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { ask, useSend } from '../../api/queries.ts'
import type { Answer } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog, DialogActions } from '../../kit/dialog.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { useToast } from '../../kit/toast.tsx'
import type { Connection } from './connection.ts'

/** Deletes a connection, after showing what that affects. */
export function DeleteConnection({
  connection: { id, label, account },
  providerName,
  onClose,
}: {
  connection: Connection
  providerName: string
  onClose(): void
}) {
  const toast = useToast()
  const affected = useQuery({ ...ask('GET /connections/{id}/affected', { params: { id } }), staleTime: 0 })
  const remove = useSend('DELETE /connections/{id}', {
    refresh: ['GET /connections', 'GET /providers'],
    onSuccess({ revoked, advice }) {
      const end = revoked ? ` Its credential was revoked at ${providerName}.` : ''
      toast(`“${label}” is deleted.${end} ${advice ?? ''}`.trimEnd(), revoked === false ? 'bad' : 'good')
      onClose()
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Delete ${providerName} “${label}”?`}
      about={`ClawLink forgets its credential for ${account.label}. Other connections stay as they are. This cannot be undone.`}
    >
      {affected.error && <ProblemNote problem={affected.error} />}
      {affected.isPending && <SkeletonRows rows={2} />}
      {affected.data && <Affected of={affected.data} providerName={providerName} />}
      {remove.error && <ProblemNote problem={remove.error} />}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="danger"
          busy={remove.isPending}
          disabled={affected.isPending}
          onClick={() => remove.mutate({ params: { id } })}
        >
          Delete connection
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function Affected({
  of: { agents, rules, approvals, callsLast30Days, revokesAtProvider },
  providerName,
}: {
  of: Answer<'GET /connections/{id}/affected'>
  providerName: string
}) {
  return (
    <ul aria-label="What this affects" className="flex flex-col gap-2.5">
      <Effect icon={Ban}>
        {revokesAtProvider
          ? `Its credential is revoked at ${providerName} too.`
          : `Its credential stays good at ${providerName}, which cannot be told to revoke it: do that there yourself.`}
      </Effect>
      <Effect icon={Bot}>
        {agents.length === 0 ? (
          'No agent is known to use it.'
        ) : (
          <>
            {agents.length === 1 ? 'One agent loses it:' : `${agents.length} agents lose it:`}
            <ul className="mt-1 flex flex-col gap-0.5">
              {agents.map(agent => (
                <li key={agent.id} className="wrap-anywhere">
                  <span className="font-medium text-ink">{agent.name}</span> <span>({agent.why})</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Effect>
      <Effect icon={ScrollText}>
        {callsLast30Days === 0 ? 'No call went through it in the last 30 days.' : callsOf(callsLast30Days)}
      </Effect>
      {rules.length > 0 && (
        <Effect icon={ListChecks}>
          {rules.length === 1 ? 'A rule names it' : `${rules.length} rules name it`} and fits nothing then:{' '}
          {rules.map(({ name }) => `“${name}”`).join(', ')}.
        </Effect>
      )}
      {approvals > 0 && (
        <Effect icon={ShieldCheck}>
          {approvals === 1 ? 'One call waits' : `${approvals} calls wait`} for an approval and will fail.
        </Effect>
      )}
    </ul>
  )
}

const callsOf = (count: number) =>
  `${count === 1 ? 'One call' : `${count} calls`} went through it in the last 30 days. The record of them stays.`

function Effect({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <li className="flex gap-2.5 text-sm text-soft">
      <Icon className="mt-0.5 size-4 shrink-0 text-faint" aria-hidden />
      <div className="min-w-0">{children}</div>
    </li>
  )
}
