import { useState } from 'react'
import { Note } from '../../kit/note.tsx'
import { Page } from '../../kit/page.tsx'
import { fragment } from '../../session/fragment.ts'
import { problemWords } from '../sign-in/problem-words.ts'
import { Password } from './password.tsx'
import { Profile } from './profile.tsx'
import { Sessions } from './sessions.tsx'
import { SingleSignOn } from './single-sign-on.tsx'
import { TwoFactor } from './two-factor.tsx'
import { WorkspaceName } from './workspace-name.tsx'

/** One's own account, how it is kept safe, and the name of the workspace. */
export function SettingsPage() {
  // Linking an account elsewhere comes back here with what came of it.
  const [back] = useState(() => new URLSearchParams(fragment()))
  const problem = back.get('problem')
  return (
    <Page title="Settings" about="Your account, how it is kept safe, and this workspace.">
      {problem && <Note tone="bad" title={problemWords(problem)} />}
      <Profile />
      <Password />
      <TwoFactor />
      <SingleSignOn />
      <Sessions />
      <WorkspaceName />
    </Page>
  )
}
