import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { fragment } from '../../session/fragment.ts'

/** Where a program sends somebody with a request that cannot be answered, not even with a no. The address has its code. */
export function RefusedPage() {
  const [code] = useState(fragment)
  return (
    <Panel title="This program cannot be let in" about={why(code)}>
      <p>
        Remove ClawLink from the program’s servers there, or sign out of it, then add it again. If that does not help,
        it may not be the program that it says it is.
      </p>
      <Link to="/agents" className={buttonStyle('secondary')}>
        See what is let in already
      </Link>
    </Panel>
  )
}

/** Why, by the code of OAuth. Pure. */
function why(code: string): string {
  switch (code) {
    case 'invalid_client':
      return 'ClawLink does not know it. It remembers a sign-in that is gone, perhaps to another ClawLink at this address.'
    case 'invalid_redirect_uri':
      return 'It wants the answer at another address than it registered.'
    default:
      return 'What it asks for is not whole, is over, or was begun in another browser.'
  }
}
