import { CircleOff, Ellipsis, PenLine, PlugZap, RefreshCw, Star, StarOff } from 'lucide-react'
import { useState } from 'react'
import { useSend } from '../../api/queries.ts'
import { Avatar } from '../../kit/avatar.tsx'
import { Badge } from '../../kit/badge.tsx'
import { IconButton } from '../../kit/icon-button.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Menu } from '../../kit/menu.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { type Connection, states } from './connection.ts'
import { ConnectionDetails } from './connection-details.tsx'
import { DeleteConnection } from './delete-connection.tsx'
import { LabelForm } from './label-form.tsx'
import { PausedNote } from './paused-note.tsx'
import { reconnectWish } from './reconnect-dialog.tsx'
import { RepairNote } from './repair-note.tsx'
import { useCheck } from './use-check.ts'
import type { Wish } from './use-connecting.ts'
import { useMakers } from './use-makers.ts'

const menuButton =
  'inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-soft transition-colors hover:bg-hover hover:text-ink sm:size-8'

/** One connection: whose account it is, how it stands, and what can be done about it. */
export function ConnectionRow({
  connection,
  providerName,
  onReconnect,
}: {
  connection: Connection
  providerName: string
  onReconnect(wish: Wish): void
}) {
  const [open, setOpen] = useState<'label' | 'delete'>()
  const { label, environment, isDefault, state, breaker } = connection
  const check = useCheck(connection)
  const setDefault = useSetDefault(connection, providerName)
  const reconnect = () => onReconnect(reconnectWish(connection))
  const close = () => setOpen(undefined)
  return (
    <>
      <ListRow
        align="start"
        lead={<Avatar name={label} />}
        title={
          open === 'label' ? (
            <LabelForm connection={connection} onClose={close} />
          ) : (
            <>
              <span className="flex min-w-0 items-center">
                <span className="wrap-anywhere min-w-0">{label}</span>
                <IconButton
                  icon={PenLine}
                  label={`Change the label of ${label}`}
                  className="-my-1.5 text-faint"
                  onClick={() => setOpen('label')}
                />
              </span>
              <Badge tone={states[state].tone} icon={states[state].icon}>
                {states[state].word}
              </Badge>
              {breaker && <Badge tone="warn">paused</Badge>}
              <Badge tone={environment === 'test' ? 'warn' : 'plain'}>{environment}</Badge>
              {isDefault && <Badge tone="sea">default for {environment}</Badge>}
            </>
          )
        }
        about={
          <>
            <Origin of={connection} />
            <ConnectionDetails connection={connection} />
          </>
        }
        actions={
          <Menu
            label={`More about ${label}`}
            className={menuButton}
            items={[
              { label: 'Check now', icon: RefreshCw, onSelect: check.run, disabled: check.isBusy },
              { label: 'Reconnect', icon: PlugZap, onSelect: reconnect },
              { label: 'Change label', icon: PenLine, onSelect: () => setOpen('label') },
              isDefault
                ? { label: `No default for ${environment}`, icon: StarOff, onSelect: () => setDefault(false) }
                : { label: `Make default for ${environment}`, icon: Star, onSelect: () => setDefault(true) },
              'line',
              { label: 'Delete…', icon: CircleOff, danger: true, onSelect: () => setOpen('delete') },
            ]}
          >
            <Ellipsis className="size-4" aria-hidden />
          </Menu>
        }
      >
        {breaker && <PausedNote breaker={breaker} providerName={providerName} />}
        {states[state].repair && <RepairNote connection={connection} check={check} onReconnect={reconnect} />}
      </ListRow>
      {open === 'delete' && <DeleteConnection connection={connection} providerName={providerName} onClose={close} />}
    </>
  )
}

/** Whose account it is, and who connected it how and when. */
function Origin({ of: { label, account, authLabel, createdAt, createdBy } }: { of: Connection }) {
  const maker = useMakers()(createdBy)
  return (
    <>
      <p className="wrap-anywhere">
        {account.label === label ? (
          'By'
        ) : (
          <>
            <span className="text-ink">{account.label}</span> by
          </>
        )}{' '}
        {authLabel}
      </p>
      <p className="text-faint">
        {createdBy === null ? 'Connected from the command line, ' : maker ? `Connected by ${maker}, ` : 'Connected '}
        <Time at={createdAt} />
      </p>
    </>
  )
}

/** Sets or clears the default of an environment, and says what that means. */
function useSetDefault({ id, label, environment }: Connection, providerName: string): (isDefault: boolean) => void {
  const toast = useToast()
  const change = useSend('PATCH /connections/{id}', {
    refresh: ['GET /connections'],
    onSuccess: ({ isDefault }) =>
      toast(
        isDefault
          ? `A ${environment} call to ${providerName} that names no connection takes “${label}” now.`
          : `Where there are several, a ${environment} call to ${providerName} has to name its connection now.`,
      ),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  return isDefault => change.mutate({ params: { id }, body: { isDefault } })
}
