// Runs before the first paint, so that a chosen theme does not flash. src/frame/theme.ts writes what this reads.
try {
  const theme = localStorage.getItem('clawlink-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be closed to this page; then the system's theme it is.
}
