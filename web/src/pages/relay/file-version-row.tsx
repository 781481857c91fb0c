import { Undo2 } from 'lucide-react'
import { useSend } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { useConfirm } from '../../kit/confirm.tsx'
import { ListRow } from '../../kit/list.tsx'
import { Time } from '../../kit/time.tsx'
import { useToast } from '../../kit/toast.tsx'
import { sizeText } from '../usage/amounts.ts'
import { DownloadButton } from './download-button.tsx'
import { authorOf, changeText, type SharedFile } from './shared-file.ts'

/** One version of a shared file. `present` is the newest one, which may be that it was deleted. */
export function FileVersionRow({
  file,
  present,
  mayRestore,
}: {
  file: SharedFile
  present: SharedFile
  mayRestore: boolean
}) {
  const { version, bytes, mediaType, by, at, change, keptUntil } = file
  const isPresent = version === present.version
  const { restore, busy } = useRestore(file, present)
  return (
    <ListRow
      title={
        <>
          Version {version}
          <Badge tone={change === 'delete' ? 'bad' : 'plain'}>{changeText(file)}</Badge>
          {isPresent && change !== 'delete' && <Badge tone="good">current</Badge>}
        </>
      }
      about={
        <span className="wrap-anywhere">
          {change !== 'delete' && (
            <>
              {sizeText(bytes)}, {mediaType} ·{' '}
            </>
          )}
          {authorOf(by)},{' '}
          <span className="text-faint">
            <Time at={at} />
            {keptUntil && (
              <>
                {' · forgotten '}
                <Time at={keptUntil} />
              </>
            )}
          </span>
        </span>
      }
      actions={
        change !== 'delete' && (
          <>
            {mayRestore && !isPresent && (
              <Button size="small" look="quiet" icon={Undo2} busy={busy} onClick={restore}>
                Restore<span className="sr-only"> version {version}</span>
              </Button>
            )}
            <DownloadButton file={file} />
          </>
        )
      }
    />
  )
}

/** Makes a version the present one, after saying what that does: also to whoever is editing it. */
function useRestore({ key, version }: SharedFile, present: SharedFile) {
  const confirm = useConfirm()
  const toast = useToast()
  const send = useSend('POST /relay/file-restore/{key}', {
    refresh: ['GET /relay/file-history/{key}', 'GET /relay/files'],
    onSuccess: () => toast(`Version ${version} is the current one again.`),
    onError: problem => toast(`${problem.message} ${problem.fix}`, 'bad'),
  })
  const restore = async () => {
    const editing = present.lease && `${authorOf(present.lease.by)} is editing the file and will find it changed. `
    const yes = await confirm({
      title: `Restore version ${version}?`,
      about: `${editing ?? ''}It becomes version ${present.version + 1}. What is there now stays among the versions.`,
      action: 'Restore',
    })
    const body = { version, baseVersion: present.version, ...(present.lease && { force: true }) }
    if (yes) send.mutate({ params: { key }, body })
  }
  return { restore, busy: send.isPending }
}
