import { useSend } from '../../api/queries.ts'
import { RenameDialog } from '../../kit/rename-dialog.tsx'
import { affected, type OAuthApp } from './oauth-app.ts'

/** Gives an OAuth app another label. */
export function RenameApp({ app, onClose }: { app: OAuthApp; onClose(): void }) {
  const rename = useSend('PATCH /oauth-apps/{id}', { refresh: [...affected], onSuccess: onClose })
  return (
    <RenameDialog
      title={`Rename ${app.label}`}
      about="For you to tell it apart. The provider shows its own name."
      name="label"
      label="Label"
      value={app.label}
      busy={rename.isPending}
      problem={rename.error}
      onRename={label => rename.mutate({ params: { id: app.id }, body: { label } })}
      onClose={onClose}
    />
  )
}
