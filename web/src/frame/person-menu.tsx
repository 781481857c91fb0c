import { useNavigate } from '@tanstack/react-router'
import { LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react'
import { Avatar } from '../kit/avatar.tsx'
import { Menu } from '../kit/menu.tsx'
import { useLeave } from '../session/use-leave.ts'
import { useMe } from '../session/use-me.ts'
import { type Theme, useTheme } from './theme.ts'

const themes: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
]

/** Who is signed in, the theme, and the way out. */
export function PersonMenu() {
  const { person } = useMe()
  const [theme, setTheme] = useTheme()
  const navigate = useNavigate()
  const leave = useLeave()
  return (
    <Menu
      label={`You: ${person.name}`}
      className="flex size-9 items-center justify-center rounded-full transition-colors hover:bg-hover"
      items={[
        {
          heading: (
            <>
              <div className="truncate font-medium">{person.name}</div>
              <div className="truncate text-faint text-xs">{person.email}</div>
            </>
          ),
        },
        'line',
        {
          choice: 'Theme',
          value: theme,
          options: themes,
          onChoose: value => setTheme(themes.find(each => each.value === value)?.value ?? 'system'),
        },
        'line',
        { label: 'Settings', icon: Settings, onSelect: () => navigate({ to: '/settings' }) },
        { label: 'Sign out', icon: LogOut, onSelect: () => leave.mutate({}) },
      ]}
    >
      <Avatar name={person.name} />
    </Menu>
  )
}
