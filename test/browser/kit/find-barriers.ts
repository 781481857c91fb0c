import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
// Texts, since they run in the page and not here. What turns for ever is left to turn.
const going = `document.getAnimations().filter(
  each => each.playState !== 'finished' && each.effect?.getComputedTiming().endTime !== Infinity
)`
const endAll = `(async () => {
  for (let all = ${going}; all.length > 0; all = ${going}) {
    for (const each of all) each.finish()
    await new Promise(requestAnimationFrame)
  }
})()`
const hasAxe = 'typeof axe === "object"'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
// Nothing of the pages comes from elsewhere, to be fetched first; and nobody reads of what is well.
const options = { runOnly: standards, preload: false, resultTypes: ['violations'] }
const run = `axe.run(document, ${JSON.stringify(options)})`

/** What keeps people from using the page as it is shown now, by WCAG 2.2 A and AA as far as axe-core can tell. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Things that fade in have less contrast meanwhile: they are shown as they end.
  await page.evaluate(endAll)
  if (!(await page.evaluate<boolean>(hasAxe))) await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResults>(run)
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
  )
}
