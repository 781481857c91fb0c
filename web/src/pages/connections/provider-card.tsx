import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { buttonStyle } from '../../kit/button-style.ts'
import { Card } from '../../kit/card.tsx'
import { List } from '../../kit/list.tsx'
import { type Connection, defaultsOf } from './connection.ts'
import { ConnectionRow } from './connection-row.tsx'
import { ToolNotes } from './tool-notes.tsx'
import type { Wish } from './use-connecting.ts'

/** The connections to one provider, and which of them a call takes that names none. */
export function ProviderCard({
  group: { slug, name, connections },
  onReconnect,
}: {
  group: { slug: string; name: string; connections: readonly Connection[] }
  onReconnect(wish: Wish): void
}) {
  return (
    <Card
      flush
      title={name}
      about={defaultsOf(connections).map(sentence => <p key={sentence}>{sentence}</p>)}
      actions={
        <Link
          to="/connections"
          search={{ connect: slug }}
          resetScroll={false}
          className={buttonStyle('secondary', 'small')}
          aria-label={`Connect another account of ${name}`}
        >
          <Plus aria-hidden />
          Another account
        </Link>
      }
    >
      <List label={`Connections to ${name}`}>
        {connections.map(connection => (
          <ConnectionRow key={connection.id} connection={connection} providerName={name} onReconnect={onReconnect} />
        ))}
      </List>
      <ToolNotes provider={slug} />
    </Card>
  )
}
