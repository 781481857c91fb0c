import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { request } from '../../api/send.ts'
import { Button } from '../../kit/button.tsx'
import { useToast } from '../../kit/toast.tsx'
import { fileNameOf, type SharedFile } from './shared-file.ts'

/** Saves one version of a shared file. A plain link would not say which workspace is meant. */
export function DownloadButton({ file: { key, version } }: { file: Pick<SharedFile, 'key' | 'version'> }) {
  const toast = useToast()
  const download = useMutation({
    mutationFn: async () => {
      const answer = await request('GET /relay/files/{key}', { params: { key }, query: { version } })
      save(await answer.blob(), fileNameOf(key))
    },
    onError: problem => toast(`${problem.message} ${problem.fix ?? ''}`, 'bad'),
  })
  return (
    <Button
      size="small"
      look="quiet"
      icon={Download}
      busy={download.isPending}
      aria-label={`Download version ${version} of ${key}`}
      onClick={() => download.mutate()}
    >
      <span className="max-sm:sr-only">Download</span>
    </Button>
  )
}

function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
