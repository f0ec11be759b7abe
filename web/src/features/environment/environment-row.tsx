import { Link } from '@tanstack/react-router'
import type { EnvironmentView } from '@wheelhouse/protocol'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { FailureNote } from '~/components/failure-note'
import { Spinner } from '~/components/spinner'
import { ACTION_ICONS } from './action-icons'
import { DeleteEnvironment } from './delete-environment'
import { actionsIn, type EnvironmentAction, useEnvironmentAction } from './environment'
import { Kept } from './kept'
import { PhaseBadge } from './phase-badge'

/** One environment of the learner: whose lab it is, how it is, until when it is kept, what can be done. */
export function EnvironmentRow({ environment, title: lab }: { environment: EnvironmentView; title: string }) {
  const { t } = useTranslation()
  const title = environment.fork ? t('environment.fork.title', { lab }) : lab
  const action = useEnvironmentAction(environment.id)
  return (
    <li className="px-5 py-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-48 flex-1">
          <h2 className="text-[0.9375rem] font-semibold">
            {environment.fork ? (
              <Link to="/environments/$environment" params={{ environment: environment.id }} className="hover:underline">
                {title}
              </Link>
            ) : (
              <Link to="/labs/$lab" params={{ lab: environment.lab }} className="hover:underline">
                {title}
              </Link>
            )}
          </h2>
          <p className="mt-0.5 text-sm text-faint">
            {environment.engine}
            {environment.machines.length > 0 ? ` · ${environment.machines.map((machine) => machine.name).join(', ')}` : ''}
          </p>
        </div>
        <div className="w-48">
          <PhaseBadge phase={environment.state.phase} />
          <Kept environment={environment} />
        </div>
        <Actions environment={environment} title={title} pending={action.isPending} act={action.mutate} />
      </div>
      {action.error ? (
        <div className="mt-3">
          <FailureNote error={action.error} />
        </div>
      ) : null}
    </li>
  )
}

interface ActionsProps {
  environment: EnvironmentView
  title: string
  pending: boolean
  act: (action: EnvironmentAction) => void
}

function Actions({ environment, title, pending, act }: ActionsProps) {
  const { t } = useTranslation()
  const [deleting, setDeleting] = useState(false)
  return (
    <div className="flex w-44 justify-end gap-2">
      {actionsIn(environment).map((name) => {
        const Icon = ACTION_ICONS[name]
        return (
          <Button
            key={name}
            size="sm"
            variant={name === 'delete' ? 'danger' : 'secondary'}
            disabled={pending}
            aria-label={`${t(`environment.list.${name}`)}: ${title}`}
            onClick={() => (name === 'delete' ? setDeleting(true) : act(name))}
          >
            {pending ? <Spinner /> : <Icon aria-hidden="true" />}
            {t(`environment.list.${name}`)}
          </Button>
        )
      })}
      <DeleteEnvironment open={deleting} onOpenChange={setDeleting} lab={title} onConfirm={() => act('delete')} />
    </div>
  )
}
