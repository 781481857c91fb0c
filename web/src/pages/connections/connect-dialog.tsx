import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../api/queries.ts'
import { Dialog, DialogSubmit } from '../../kit/dialog.tsx'
import { Form } from '../../kit/form.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { RadioCards } from '../../kit/radio-cards.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import type { Environment } from './connection.ts'
import type { Wish } from './use-connecting.ts'

const environments: readonly { value: Environment; label: string; about: string }[] = [
  { value: 'live', label: 'Live', about: 'A real account, for agents with live keys.' },
  { value: 'test', label: 'Test', about: 'For trying out: only agents with test keys can use it.' },
]

/** Asks what kind of account of a provider it will be, and goes on to connect it. */
export function ConnectDialog({
  slug,
  onStart,
  onClose,
}: {
  slug: string
  onStart(wish: Wish): void
  onClose(): void
}) {
  const [environment, setEnvironment] = useState<Environment>('live')
  const { data: provider, error } = useQuery(ask('GET /providers/{slug}', { params: { slug } }))
  return (
    <Dialog open onClose={onClose} title={`Connect ${provider?.name ?? slug}`} about={provider?.about}>
      {error && <ProblemNote problem={error} />}
      {!provider && !error && <SkeletonRows rows={2} />}
      {provider && (
        <Form onSubmit={() => onStart({ provider: slug, environment })}>
          <RadioCards
            name="environment"
            label="Which kind of account?"
            options={environments}
            value={environment}
            onChange={value => setEnvironment(value)}
          />
          <p className="text-soft text-sm">
            {provider.ways.length > 1 ? 'You can choose how: ' : 'You connect it by '}
            {provider.ways.map(({ label }) => label).join(', ')}. It opens in a window of its own.
          </p>
          <DialogSubmit onClose={onClose}>Continue</DialogSubmit>
        </Form>
      )}
    </Dialog>
  )
}
