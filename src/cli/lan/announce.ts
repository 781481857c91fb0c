import { hostname } from 'node:os'
import { announcementOf } from './announcement.ts'

/**
 * Tells the local network that a relay is here (RFC 6762) until it is stopped, and then that it is gone. `onProblem` hears
 * why it cannot: the relay itself goes on.
 */
export async function announce(
  { port, publicUrl }: { port: number; publicUrl: string | undefined },
  onProblem: (why: string) => void,
): Promise<{ name: string; stop(): Promise<void> }> {
  const { Bonjour } = await import('bonjour-service')
  const responder = new Bonjour({}, (cause: unknown) =>
    onProblem(cause instanceof Error ? cause.message : String(cause)),
  )
  const announcement = announcementOf(hostname(), port, publicUrl)
  responder.publish(announcement)
  return {
    name: announcement.name,
    stop: () => new Promise(resolve => responder.unpublishAll(() => responder.destroy(resolve))),
  }
}
