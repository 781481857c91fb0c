import type { ConsoleMessage, Page } from 'playwright-core'

/** The list, still growing, of what a browser finds wrong with a page: errors, what its policy refused, failed requests. */
export function noteComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(`uncaught: ${error.stack ?? error.message}`))
  page.on('console', message => {
    if (message.type() === 'error' && !isRefusal(message)) complaints.push(`console: ${message.text()}`)
  })
  page.on('response', response => {
    if (response.status() >= 500) complaints.push(`${response.status()}: ${response.url()}`)
  })
  return complaints
}

/**
 * Chromium also writes down every answer of the API that says no, such as one to somebody who is not signed in; and the app
 * itself that a session has ended, before it goes to the sign-in.
 */
function isRefusal(message: ConsoleMessage): boolean {
  if (message.text().includes('No ClawLink key was sent, and nobody is signed in.')) return true
  return /^Failed to load resource: .* status of 4\d\d/.test(message.text()) && message.location().url.includes('/api/')
}
