import { openApp } from '../../src/app.ts'
import { Fault } from '../../src/core/errors.ts'
import { startRoles } from '../../src/roles/start-roles.ts'
import { startClawLink, type TestClawLink } from './clawlink.ts'
import { freePort } from './free-port.ts'

export type Twins = { claw: TestClawLink; otherUrl: string; [Symbol.asyncDispose](): Promise<void> }

/** Two servers on one database that go by one public URL, as behind a load balancer. The second one's timers never fire. */
export async function startTwins(): Promise<Twins> {
  const port = await freePort()
  const otherPort = await freePort()
  const claw = await startClawLink({ config: { port, publicUrl: `http://127.0.0.1:${port}` } })
  const opened = await openApp(
    { ...claw.app.config, port: otherPort, roles: ['web'] },
    { clock: { now: claw.clock.now, after: () => () => {} }, log: claw.app.log },
  )
  if (opened instanceof Fault) throw new Error(opened.message)
  const running = await startRoles(opened.app)
  return {
    claw,
    otherUrl: `http://127.0.0.1:${otherPort}`,
    async [Symbol.asyncDispose]() {
      await running.stop()
      await opened.close()
      await claw.stop()
    },
  }
}
