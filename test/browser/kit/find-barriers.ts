import axe from 'axe-core'
import type { Page } from 'playwright-core'

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
// Texts, since they run in the page and not here. What turns for ever is not waited for.
const ending = 'document.getAnimations().filter(each => each.effect?.getComputedTiming().endTime !== Infinity)'
const allIsStill = `Promise.all(${ending}.map(each => each.finished.catch(() => undefined))).then(() => true)`
const run = `axe.run(document, { runOnly: ${JSON.stringify(standards)} })`

/** What keeps people from using the page as it is shown now, by WCAG 2.2 A and AA as far as axe-core can tell. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Things that fade in have less contrast meanwhile.
  await page.evaluate(allIsStill)
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>(run)
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
  )
}
