import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { RefreshCw } from 'lucide-react'
import { Button } from '../../kit/button.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { CodeBlock } from '../../kit/code-block.tsx'
import { Field } from '../../kit/field.tsx'
import { Note } from '../../kit/note.tsx'
import { Select } from '../../kit/select.tsx'
import { own } from './given.ts'
import { type Opened, openSession, type Way } from './session.ts'

/** Which of the workspace's OAuth apps to go through, where there are several. */
export function OAuthAppChoice({ way: { oauthApp } }: { way: Way }) {
  const apps = oauthApp?.apps ?? []
  if (apps.length < 2) return null
  return (
    <Field name={own.oauthApp} label="OAuth app">
      <Select options={apps.map(({ id, label }) => ({ value: id, label }))} />
    </Field>
  )
}

/** Says what is missing before this way can be gone, and leads to where it is added. */
export function OAuthAppMissing({ session, way }: { session: Opened; way: Way }) {
  const client = useQueryClient()
  const { id, provider, redirectUri } = session
  return (
    <>
      <Note tone="warn" title={`This way needs an OAuth app of your own at ${provider.name}.`}>
        An owner or admin registers it once there and adds its client id here. Then everybody can connect through it.
      </Note>
      <div className="flex flex-col gap-1.5 text-sm">
        <p className="font-medium">Redirect URI to register</p>
        <CodeBlock text={redirectUri} label="redirect URI" />
      </div>
      <div className="flex flex-wrap gap-3">
        <Link
          to="/connections/apps/$slug"
          params={{ slug: way.oauthApp?.registration ?? '' }}
          target="_blank"
          className={buttonStyle('primary')}
        >
          Add the OAuth app
        </Link>
        <Button icon={RefreshCw} onClick={() => client.invalidateQueries(openSession(id))}>
          It is added: look again
        </Button>
      </div>
    </>
  )
}

/** Whether this way waits for an OAuth app that nobody has added yet. Pure. */
export const isAppMissing = ({ oauthApp }: Way) => oauthApp !== null && !oauthApp.ready
