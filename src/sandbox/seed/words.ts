import type { Random } from '../random.ts'

/** People as they write their names, with the local part of their address. */
export const people = [
  ['Amara Nwosu', 'amara.nwosu'],
  ['Björn Håkansson', 'bjorn'],
  ['Chen Yulan (陈玉兰)', 'yulan.chen'],
  ['Dolores Iturbe', 'd.iturbe'],
  ['Emil Kowalczyk', 'emil'],
  ['Fatima Zahra Idrissi', 'fatima'],
  ['Grace Adeyemi', 'grace.adeyemi'],
  ['Henrik Solberg', 'hsolberg'],
  ['Inés Carvajal', 'ines'],
  ['Jonas Weidner', 'jonas.weidner'],
  ['Keiko Tanabe', 'keiko'],
  ['Łukasz Brzeziński', 'lukasz'],
  ['Moira O’Sullivan', 'moira'],
  ['Nikhil Rao', 'nikhil.rao'],
  ['Olga Petrenko', 'olga'],
  ['Priya Venkataraman', 'priya'],
  ['Quentin Marchetti', 'quentin'],
  ['Rosa Delgado', 'rosa.delgado'],
  ['Samuel Achterberg', 'samuel'],
  ['Zoë van der Meer', 'zoe'],
] as const

export const companies = [
  ['Aldermoor Books', 'aldermoor.example'],
  ['Blue Heron Dental', 'blueheron.example'],
  ['Cinder & Oak', 'cinderoak.example'],
  ['Dovetail Joinery', 'dovetail.example'],
  ['Eastgate Cycles', 'eastgate.example'],
  ['Fjordline Coffee', 'fjordline.example'],
  ['Gable Architects', 'gable.example'],
  ['Harrow Veterinary', 'harrow.example'],
  ['Ironbridge Physio', 'ironbridge.example'],
  ['Juniper Lettings', 'juniper.example'],
  ['Kestrel Sailing', 'kestrel.example'],
  ['Larkspur Florists', 'larkspur.example'],
] as const

export const firstName = (name: string): string => name.split(' ')[0] ?? name

const slots: Record<string, readonly string[]> = {
  person: people.map(([name]) => firstName(name)),
  company: companies.map(([name]) => name),
  day: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
  time: ['9:30', '10:00', '11:15', '14:00', '15:30', '16:45'],
  topic: [
    'the spring catalogue',
    'the new price list',
    'the booking page',
    'the customer survey',
    'the office move',
    'the newsletter',
  ],
  city: ['Lisbon', 'Gothenburg', 'Leeds', 'Utrecht', 'Kraków', 'Málaga'],
  browser: ['Firefox', 'Safari', 'Chrome', 'Edge'],
  device: ['a phone', 'an iPad', 'a small laptop', 'a shared computer'],
  page: ['checkout', 'search', 'account settings', 'the invoice list', 'the sign-in form', 'the order history'],
  language: ['German', 'Polish', 'Portuguese', 'Japanese', 'Arabic'],
  count: ['12', '40', '130', '250', '800', '2,400'],
}

/**
 * Puts a word in each `{slot}` and an order number in `{number}`. Texts filled by one writer agree: a slot that comes
 * again gets the same word. `{slot:b}` is another draw from the same words. Words in `taken` are not used.
 */
export function writer(random: Random, taken: readonly string[] = []): (template: string) => string {
  const chosen = new Map<string, string>()
  return template =>
    template.replace(/\{(\w+)(:\w+)?\}/g, (place, slot: string) => {
      const known = chosen.get(place)
      if (known !== undefined) return known
      const used = [...taken, ...chosen.values()]
      const words = (slots[slot] ?? []).filter(word => !used.includes(word))
      const word = slot === 'number' ? String(random.int(10_000, 99_999)) : random.pick(words)
      chosen.set(place, word)
      return word
    })
}

/** `count` of these in random order; none comes again before all have come. */
export function deal<T>(from: readonly T[], count: number, random: Random): T[] {
  const dealt: T[] = []
  while (dealt.length < count) dealt.push(...random.shuffle(from))
  return dealt.slice(0, count)
}

/** `count` times within the last `days` days, whole seconds, oldest first. */
export function pastTimes(count: number, days: number, random: Random, nowMs: number): number[] {
  const nowS = Math.floor(nowMs / 1000)
  const times = Array.from({ length: count }, () => (nowS - random.int(60, days * 86_400)) * 1000)
  return times.sort((a, b) => a - b)
}

export const iso = (timeMs: number): string => new Date(timeMs).toISOString()

/** Someone at some company. */
export function correspondent(random: Random): { name: string; email: string } {
  const [name, local] = random.pick(people)
  const [, domain] = random.pick(companies)
  return { name, email: `${local}@${domain}` }
}
