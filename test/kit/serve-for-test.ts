import type { RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'
import { serve } from './serve.ts'

/** Answers HTTP for as long as the test runs that asks for it. Gives the URL. */
export async function serveForTest(answer: RequestListener): Promise<string> {
  const { url, close } = await serve(answer)
  onTestFinished(close)
  return url
}
