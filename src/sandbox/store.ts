import type { Answer } from './answer.ts'
import type { Intake, Taken } from './files/taker.ts'

/**
 * What one account owns. Every list is in order of creation, oldest first. Rows are never changed in place: a change
 * replaces the row, so a row that a test holds stays as it was.
 */
export type Store = {
  messages: Message[]
  projects: Project[]
  issues: Issue[]
  comments: Comment[]
  customers: Customer[]
  payments: Payment[]
  refunds: Refund[]
  files: StoredFile[]
  /** Resumable uploads that are not whole yet, by their id. */
  uploads: Map<string, UploadSession>
  reports: Report[]
  /** What `POST /payments` answered, by `Idempotency-Key`. */
  idempotency: Map<string, { request: string; answer: Answer; expiresAtMs: number }>
}

export type Folder = 'inbox' | 'sent' | 'drafts'

export type Message = Readonly<{
  id: string
  folder: Folder
  from: string
  to: readonly string[]
  cc: readonly string[]
  subject: string
  text: string
  unread: boolean
  /** ISO 8601, as are all times here. */
  date: string
}>

export type Project = Readonly<{ key: string; name: string; description: string }>

export type Issue = Readonly<{
  project: string
  /** Counts from 1 within its project. */
  number: number
  title: string
  body: string
  state: 'open' | 'closed'
  labels: readonly string[]
  author: string
  assignee: string | null
  /** How many comments it has. */
  comments: number
  created_at: string
  updated_at: string
  closed_at: string | null
}>

export type Comment = Readonly<{
  id: string
  project: string
  issue: number
  author: string
  body: string
  created_at: string
}>

export type Customer = Readonly<{ id: string; name: string; email: string; created_at: string }>

export type Payment = Readonly<{
  id: string
  /** In minor units: 1250 EUR is 12.50 €. */
  amount: number
  /** In minor units; never more than `amount`. */
  amount_refunded: number
  /** Three lower-case letters. */
  currency: string
  customer: string
  description: string | null
  status: 'succeeded' | 'partially_refunded' | 'refunded'
  created_at: string
}>

export type Refund = Readonly<{ id: string; payment: string; amount: number; currency: string; created_at: string }>

/** Something that takes its time: it is done when `doneMs` has come. */
export type Report = Readonly<{ id: string; about: 'payments' | 'refunds'; startedMs: number; doneMs: number }>

/** Its `content` is there only while it is small. `fields`: what came beside it in a form. */
export type StoredFile = Readonly<
  Taken & { id: string; name: string; media_type: string; fields: Record<string, string>; created_at: string }
>

export type UploadSession = Readonly<{
  id: string
  name: string
  mediaType: string
  /** How its progress is told. */
  style: 'range' | 'ranges'
  intake: Intake
}>

export const emptyStore = (): Store => ({
  messages: [],
  projects: [],
  issues: [],
  comments: [],
  customers: [],
  payments: [],
  refunds: [],
  files: [],
  uploads: new Map(),
  reports: [],
  idempotency: new Map(),
})
