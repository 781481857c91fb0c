import { type Answer, created, gone, notFound, ok } from '../answer.ts'
import { emails, filledText, readFields, text } from '../fields.ts'
import { pageByCursor } from '../paging.ts'
import type { Call, Route } from '../router.ts'
import type { Folder, Message } from '../store.ts'

const folders: readonly Folder[] = ['inbox', 'sent', 'drafts']

export const mailRoutes: Route[] = [
  { method: 'GET', path: '/mail/folders', scope: 'mail', answer: listFolders },
  { method: 'GET', path: '/mail/messages', scope: 'mail', answer: listMessages },
  { method: 'GET', path: '/mail/messages/{id}', scope: 'mail', answer: getMessage },
  { method: 'POST', path: '/mail/messages', scope: 'mail', answer: call => writeMessage(call, 'sent') },
  { method: 'POST', path: '/mail/drafts', scope: 'mail', answer: call => writeMessage(call, 'drafts') },
  { method: 'DELETE', path: '/mail/messages/{id}', scope: 'mail', answer: deleteMessage },
]

function listFolders({ account }: Call): Answer {
  const within = (folder: Folder) => account.store.messages.filter(message => message.folder === folder)
  return ok({
    folders: folders.map(name => ({
      name,
      messages: within(name).length,
      unread: within(name).filter(message => message.unread).length,
    })),
  })
}

/** Every word of `q` must occur in the sender, the recipients, the subject or the text. */
function listMessages({ account, query, pageSize }: Call): Answer {
  const folder = query.get('folder')
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (message: Message) =>
    (!folder || message.folder === folder) && (!words.length || words.every(word => textOf(message).includes(word)))
  const page = pageByCursor(account.store.messages, query, pageSize, matches)
  if ('status' in page) return page
  return ok({ messages: page.rows.map(summary), next_cursor: page.next })
}

const textOf = ({ from, to, subject, text }: Message) => [from, ...to, subject, text].join('\n').toLowerCase()

function summary({ text, ...message }: Message) {
  return { ...message, snippet: text.slice(0, 120).replaceAll('\n', ' ') }
}

function getMessage({ account, params: [id] }: Call): Answer {
  const message = account.store.messages.find(message => message.id === id)
  return message ? ok(message) : notFound('message')
}

/** Each call writes one message more: sending the same twice sends two. */
function writeMessage(call: Call, folder: Folder): Answer {
  const fields = readFields(call.body)
  const content = {
    to: fields.required('to', emails),
    cc: fields.optional('cc', emails) ?? [],
    subject: fields.required('subject', filledText),
    text: fields.required('text', text),
  }
  const refusal = fields.refusal()
  if (refusal) return refusal
  const { account, baseUrl, nowMs } = call
  const message: Message = {
    id: account.newId('msg'),
    folder,
    from: `${account.name} <${account.email}>`,
    ...content,
    unread: false,
    date: new Date(nowMs).toISOString(),
  }
  account.store.messages.push(message)
  return created(message, `${baseUrl}/mail/messages/${message.id}`)
}

function deleteMessage({ account, params: [id] }: Call): Answer {
  const at = account.store.messages.findIndex(message => message.id === id)
  if (at === -1) return notFound('message')
  account.store.messages.splice(at, 1)
  return gone()
}
