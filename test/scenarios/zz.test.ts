import { test } from 'vitest'
import { startClawLink } from '../kit/clawlink.ts'
for (let i = 0; i < 8; i++)
  test(`t${i}`, async () => {
    const t = performance.now()
    await using claw = await startClawLink()
    console.log('start', performance.now() - t)
    const u = performance.now()
    const a = await claw.call('sandbox_whoami')
    console.log('call', performance.now() - u, a.text)
  })
