import type { Page, Request } from 'playwright-core'

/** Rounds of drawing in which nothing new is asked for: what came is shown by then, and what that needs is on its way. */
const calmRounds = 3

// Texts, since they run in the page and not here. What is not there yet has a skeleton, or not even its heading.
const isComplete = `document.querySelector('h1') !== null && document.querySelector('.animate-wait') === null`
const drawn = `new Promise(done => requestAnimationFrame(() => setTimeout(() => done(${isComplete}))))`

/**
 * Watches what a page asks for. What it gives waits until the page is complete: nothing is on its way any more, and
 * nothing that it shows waits for something.
 */
export function watchTraffic(page: Page): () => Promise<void> {
  const underWay = new Set<Request>()
  page.on('request', request => underWay.add(request))
  page.on('requestfinished', request => underWay.delete(request))
  page.on('requestfailed', request => underWay.delete(request))
  return async () => {
    for (let calm = 0; calm < calmRounds; ) {
      await page.waitForFunction(drawn)
      calm = underWay.size === 0 ? calm + 1 : 0
    }
  }
}
