import type { Page } from 'playwright-core'
import { noteComplaints } from './note-complaints.ts'

/** A window that a page opens, with what its browser complains about: the list still grows. */
export type Popup = { page: Page; complaints: string[]; closed: Promise<void> }

/** Does what opens a window, and waits for the window. */
export async function popupOf(page: Page, open: () => Promise<void>): Promise<Popup> {
  const [popup] = await Promise.all([page.waitForEvent('popup'), open()])
  const closed = new Promise<void>(resolve => popup.once('close', () => resolve()))
  return { page: popup, complaints: noteComplaints(popup), closed }
}
