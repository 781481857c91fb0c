import { useState } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const name = 'clawlink-theme'

/** The chosen theme and how to choose another. It holds for this browser; public/theme.js reads it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(readTheme)
  const choose = (next: Theme) => {
    setTheme(next)
    if (next === 'system') {
      localStorage.removeItem(name)
      delete document.documentElement.dataset.theme
    } else {
      localStorage.setItem(name, next)
      document.documentElement.dataset.theme = next
    }
  }
  return [theme, choose]
}

function readTheme(): Theme {
  const kept = localStorage.getItem(name)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}
