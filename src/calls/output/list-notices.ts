import type { App } from '../../app.ts'
import type { ToolNoticeRow } from '../../db/schema.ts'

/** What was noticed in a workspace about these tools, of each by its name; about all of them, unless they are named. */
export async function listNotices(
  { db }: Pick<App, 'db'>,
  workspaceId: string,
  tools?: readonly string[],
): Promise<Map<string, ToolNoticeRow[]>> {
  if (tools && !tools.length) return new Map()
  const rows = await db.read
    .selectFrom('tool_notices')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .$if(tools !== undefined, q => q.where('tool', 'in', tools ?? []))
    .orderBy('tool')
    .orderBy('kind')
    .execute()
  return Map.groupBy(rows, ({ tool }) => tool)
}
