import type { Random } from '../random.ts'
import type { Comment, Issue, Project } from '../store.ts'
import type { Owner } from './seed.ts'
import { deal, iso, pastTimes, people, writer } from './words.ts'

const projects: readonly (Project & { issues: number })[] = [
  { key: 'website', name: 'Website', description: 'The shop and everything that customers see.', issues: 37 },
  { key: 'mobile-app', name: 'Mobile app', description: 'The app for iOS and Android.', issues: 16 },
  { key: 'warehouse', name: 'Warehouse', description: 'Stock, labels and shipping.', issues: 7 },
]

export function seedIssues(
  owner: Owner,
  random: Random,
  nowMs: number,
): { projects: Project[]; issues: Issue[]; comments: Comment[] } {
  const owners = random.shuffle(projects.flatMap(({ key, issues }) => Array<string>(issues).fill(key)))
  const times = pastTimes(owners.length, 120, random, nowMs)
  const templates = deal(reports, owners.length, random)
  const numbers = new Map<string, number>()
  const comments: Comment[] = []

  const issues = owners.map((project, at): Issue => {
    const [title, body, label] = templates[at] ?? ['', '', 'bug']
    const fill = writer(random)
    const number = (numbers.get(project) ?? 0) + 1
    numbers.set(project, number)
    const created = times[at] ?? nowMs
    const replies = pastTimes(random.pick([0, 0, 0, 1, 2, 4]), 120, random, nowMs).filter(time => time > created)
    for (const time of replies) comments.push(comment(project, number, time))
    const updated = replies.at(-1) ?? created
    const closed = random.next() < 0.4
    return {
      project,
      number,
      title: capitalised(fill(title)),
      body: fill(body),
      state: closed ? 'closed' : 'open',
      labels: random.next() < 0.3 ? [label, random.pick(['urgent', 'good first issue', 'needs design'])] : [label],
      author: somebody(),
      assignee: random.next() < 0.5 ? somebody() : null,
      comments: replies.length,
      created_at: iso(created),
      updated_at: iso(updated),
      closed_at: closed ? iso(updated) : null,
    }
  })
  return { projects: projects.map(({ issues: _, ...project }) => project), issues, comments }

  function somebody(): string {
    return random.pick([owner.name, ...people.map(([name]) => name)])
  }
  function comment(project: string, issue: number, time: number): Comment {
    const body = writer(random)(random.pick(remarks))
    return { id: owner.newId('cmt'), project, issue, author: somebody(), body, created_at: iso(time) }
  }
}

const capitalised = (title: string) => title.charAt(0).toUpperCase() + title.slice(1)

const reports: readonly [title: string, body: string, label: string][] = [
  [
    '{page} is blank in {browser} after signing out',
    'Sign out, press Back, and {page} shows an empty frame. Only in {browser}, also on {device}.',
    'bug',
  ],
  [
    'Totals are off by a cent on {page}',
    'Three items with a discount show a total that is a cent higher than the invoice. Order {number} is an example.',
    'bug',
  ],
  [
    'Translate {page} into {language}',
    '{company} asked for it, and {count} visitors a month have their browser set to {language}.',
    'enhancement',
  ],
  [
    'Search finds nothing when a {language} word has an accent',
    'Looking for “café” gives no results, “cafe” gives {count}. Both should find the same.',
    'bug',
  ],
  [
    'Remember the last filter on {page}',
    'People set the same filter every morning. Keep it for each user until they change it.',
    'enhancement',
  ],
  [
    'Images on {page} load one after another',
    'On {device} it takes a while until all are there. {person} suspects the new image host.',
    'performance',
  ],
  [
    'Document how to cancel an order from {page}',
    'Support answers this {count} times a month. One page with two pictures would do.',
    'documentation',
  ],
  [
    'Keyboard cannot reach the close button on {page}',
    'Tab jumps over it. Screen readers announce it as “button” without a name.',
    'accessibility',
  ],
  [
    'Export of {count} rows stops halfway',
    'The file ends in the middle of a line. No error is shown. Smaller exports are fine.',
    'bug',
  ],
  [
    'Emails to {company} bounce',
    'Their server refuses our messages since {day}: the sender policy does not list the new address.',
    'bug',
  ],
  [
    'Delivery dates for {city} are a day off in the evening',
    'A parcel that is ordered late is announced for the wrong day. Show dates in the customer’s time zone.',
    'bug',
  ],
  ['Dark colours for {page}', 'The rest follows the system setting already. {person} has a draft.', 'enhancement'],
  [
    'Password reset link opens the {language} page',
    'It goes to the page in {language}, whatever was chosen before. Seen with {browser}.',
    'bug',
  ],
  [
    'Duplicate order when the button on {page} is pressed twice',
    'On a slow connection order {number} was placed two times. The button should be disabled, and the server should notice.',
    'bug',
  ],
  [
    'Upgrade the driver of the label printer in {city}',
    'It prints every tenth label upside down. The vendor says that the new driver helps.',
    'maintenance',
  ],
  [
    'Tests of {page} fail around midnight',
    'Dates are built in local time in {count} places. They pass again in the morning.',
    'maintenance',
  ],
  [
    '{company} wants to download all invoices of a year',
    'Two others asked as well. One archive with PDF files is enough.',
    'enhancement',
  ],
  [
    'Slow answer when the basket has more than {count} items',
    'Measured with {browser}: 4 s instead of 300 ms. Stock is asked for each item alone.',
    'performance',
  ],
  [
    'Last piece sold twice at {time}: reserve stock while somebody is paying',
    'It happened on {day}. One of the two customers had to be disappointed.',
    'enhancement',
  ],
  [
    'Unclear message when a card is refused in {browser}',
    '“Error 402” tells nobody anything. Say what to try next.',
    'enhancement',
  ],
]

const remarks: readonly string[] = [
  'I can confirm this with {browser}.',
  'Happens on {device} too, but not always.',
  '{person}, could you have a look before {day}?',
  'Fixed on my branch; needs a second pair of eyes.',
  'The customer is fine with waiting until {day}.',
  'I could not reproduce it. Which version was it?',
  'Order {number} shows it well.',
  'Let us talk about this on {day} at {time}.',
]
