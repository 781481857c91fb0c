import { airtable } from './airtable.ts'
import { asana } from './asana.ts'
import { calendly } from './calendly.ts'
import { clickup } from './clickup.ts'
import { confluence } from './confluence.ts'
import { datadog } from './datadog.ts'
import { discord } from './discord.ts'
import { dropbox } from './dropbox.ts'
import { figma } from './figma.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { gmail } from './gmail.ts'
import { google_calendar } from './google_calendar.ts'
import { google_docs } from './google_docs.ts'
import { google_drive } from './google_drive.ts'
import { google_sheets } from './google_sheets.ts'
import { google_tasks } from './google_tasks.ts'
import { hubspot } from './hubspot.ts'
import { jira } from './jira.ts'
import { linear } from './linear.ts'
import { mailchimp } from './mailchimp.ts'
import { microsoft_teams } from './microsoft_teams.ts'
import { microsoft_todo } from './microsoft_todo.ts'
import { notion } from './notion.ts'
import { onedrive } from './onedrive.ts'
import { onenote } from './onenote.ts'
import { openai } from './openai.ts'
import { outlook } from './outlook.ts'
import { pagerduty } from './pagerduty.ts'
import { quickbooks } from './quickbooks.ts'
import { resend } from './resend.ts'
import { salesforce } from './salesforce.ts'
import { sandbox } from './sandbox.ts'
import { sendgrid } from './sendgrid.ts'
import { sentry } from './sentry.ts'
import { shopify } from './shopify.ts'
import { slack } from './slack.ts'
import { stripe } from './stripe.ts'
import { todoist } from './todoist.ts'
import { trello } from './trello.ts'
import { twilio } from './twilio.ts'
import { twitter } from './twitter.ts'
import { xero } from './xero.ts'
import { zendesk } from './zendesk.ts'
import { zoom } from './zoom.ts'

/** Every connector that ClawLink brings, under the name that its tools begin with. The first one is the example. */
export const connectors = {
  github,
  airtable,
  asana,
  calendly,
  clickup,
  confluence,
  datadog,
  discord,
  dropbox,
  figma,
  gitlab,
  gmail,
  google_calendar,
  google_docs,
  google_drive,
  google_sheets,
  google_tasks,
  hubspot,
  jira,
  linear,
  mailchimp,
  microsoft_teams,
  microsoft_todo,
  notion,
  onedrive,
  onenote,
  openai,
  outlook,
  pagerduty,
  quickbooks,
  resend,
  salesforce,
  sendgrid,
  sentry,
  shopify,
  slack,
  stripe,
  todoist,
  trello,
  twilio,
  twitter,
  xero,
  zendesk,
  zoom,
  sandbox,
}
