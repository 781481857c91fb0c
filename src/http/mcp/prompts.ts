import { invalidParams } from './invalid-params.ts'

type Prompt = {
  name: string
  title: string
  description: string
  arguments: { name: string; description: string; required: true }[]
  text(given: Record<string, string>): string
}

/** What a person can start by hand: hosts show prompts as commands, such as `/clawlink:preview_first`. */
const prompts: readonly Prompt[] = [
  {
    name: 'preview_first',
    title: 'Do it, but show me every change first',
    description: 'Does what you ask with your connected apps, and shows you each change before it is made.',
    arguments: [{ name: 'wish', description: 'What should be done, in your own words.', required: true }],
    text: ({ wish }) => `Do this with ClawLink: ${wish}

Reading is fine. Before each call that changes anything, show me the account and the request in plain words (from
clawlink_preview_tool, where you have it) and wait for my yes. If I change something, show it again. At the end, say what
was done and what was not.`,
  },
]

export const listedPrompts = prompts.map(({ text: _, ...listed }) => listed)

/** Throws the protocol's "invalid params" for an unknown name or a missing argument (2025-11-25 and 2026-07-28, prompts). */
export function getPrompt(name: string, given: Record<string, string> = {}) {
  const prompt = prompts.find(one => one.name === name)
  if (!prompt) throw invalidParams(`There is no prompt "${name.slice(0, 100)}". List the prompts first.`)
  const missing = prompt.arguments.find(argument => !given[argument.name]?.trim())
  if (missing) throw invalidParams(`The argument "${missing.name}" is missing: ${missing.description}`)
  const content = { type: 'text' as const, text: prompt.text(given) }
  return { description: prompt.description, messages: [{ role: 'user' as const, content }] }
}
