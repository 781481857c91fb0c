import { Link } from '@tanstack/react-router'
import { buttonStyle } from '../kit/button-style.ts'
import { Note } from '../kit/note.tsx'

/** Instead of a decision that nobody can take who is in no workspace. */
export function NoWorkspace() {
  return (
    <>
      <Note tone="warn" title="You are in no workspace.">
        An agent belongs to one. Make yours, or be invited to another’s; then open this link once more.
      </Note>
      <Link to="/" className={buttonStyle('primary')}>
        Make a workspace
      </Link>
    </>
  )
}
