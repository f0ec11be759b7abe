import type { EnvironmentView } from '@wheelhouse/protocol'
import { Boxes, CirclePause, Hourglass, Play, RotateCw, Trash2, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { FailureNote } from '~/components/failure-note'
import { Output } from '~/components/output'
import { Spinner } from '~/components/spinner'
import { formatExpectedSpan } from '~/lib/format'
import { useLanguage } from '~/lib/settings'
import { Building, Cancel } from './building'
import { type EnvironmentAction, useEnvironmentAction } from './environment'
import { Failed } from './failed'
import { SandboxDialog } from './sandbox-dialog'
import { Stage } from './stage'

interface EnvironmentStageProps {
  environment: EnvironmentView
  /** Asks for a new environment where this one is gone. */
  onRenew: () => void
  /** What stands here once the environment is ready: the terminals. */
  children: ReactNode
}

/** The place of the terminals in every state of an environment. Each state has its own words and its own way on. */
export function EnvironmentStage({ environment, onRenew, children }: EnvironmentStageProps) {
  const action = useEnvironmentAction(environment.id)
  return (
    <div className="flex h-full flex-col">
      {action.error ? (
        <div className="border-b border-line p-3">
          <FailureNote error={action.error} onRetry={() => action.variables && action.mutate(action.variables)} />
        </div>
      ) : null}
      <SandboxDialog error={action.error} onAgreed={() => action.variables && action.mutate(action.variables)} />
      <div className="min-h-0 flex-1">
        <State environment={environment} act={action.mutate} busy={action.isPending} onRenew={onRenew}>
          {children}
        </State>
      </div>
    </div>
  )
}

interface StateProps extends EnvironmentStageProps {
  act: (action: EnvironmentAction) => void
  busy: boolean
}

function State({ environment, act, busy, onRenew, children }: StateProps) {
  const { t } = useTranslation()
  const { state } = environment
  switch (state.phase) {
    case 'ready':
      return children
    case 'queued':
      return <Queued position={state.position} expectedMs={state.expectedMs} onCancel={() => act('cancel')} />
    case 'provisioning':
    case 'starting':
      return <Building state={state} onCancel={() => act('cancel')} />
    case 'stopping':
      return (
        <Stage
          icon={<Spinner className="size-5" />}
          title={t('environment.stopping.title')}
          text={t('environment.stopping.text')}
        />
      )
    case 'stopped':
      return (
        <Stage
          icon={<CirclePause />}
          title={t('environment.stopped.title')}
          text={t('environment.stopped.text', { reason: t(`environment.stopped.reason.${state.reason}`) })}
          actions={<Way busy={busy} icon={<Play />} text={t('environment.stopped.action')} onClick={() => act('start')} />}
        />
      )
    case 'broken':
      return (
        <Stage
          icon={<Unplug className="text-failed" />}
          title={t('environment.broken.title')}
          text={t(environment.fork ? 'environment.fork.broken' : 'environment.broken.text')}
          actions={
            environment.fork ? (
              <Way busy={busy} icon={<Trash2 />} text={t('environment.list.delete')} onClick={() => act('delete')} />
            ) : (
              <Way busy={busy} icon={<RotateCw />} text={t('environment.broken.action')} onClick={() => act('rebuild')} />
            )
          }
        >
          <Output
            label={t('common.failure.details')}
            text={state.why}
            className="rounded-xl border border-line bg-sunken p-3.5 text-muted"
          />
        </Stage>
      )
    case 'failed':
      return <Failed id={environment.id} state={state} busy={busy} onRetry={() => act('retry')} />
    case 'deleting':
      return (
        <Stage
          icon={<Spinner className="size-5" />}
          title={t('environment.deleting.title')}
          text={t('environment.deleting.text')}
        />
      )
    case 'deleted':
      return (
        <Stage
          icon={<Trash2 />}
          title={t(environment.fork ? 'environment.fork.deleted' : 'environment.deleted.title')}
          text={environment.fork ? undefined : t('environment.deleted.text')}
          actions={
            environment.fork ? (
              <Way busy={busy} icon={<Boxes />} text={t('common.nav.environments')} onClick={onRenew} />
            ) : (
              <Way busy={busy} icon={<Play />} text={t('environment.deleted.action')} onClick={onRenew} />
            )
          }
        />
      )
  }
}

/** The one way on from a state that waits for the learner. */
const Way = ({ busy, icon, text, onClick }: { busy: boolean; icon: ReactNode; text: string; onClick: () => void }) => (
  <Button variant="primary" onClick={onClick} disabled={busy}>
    {busy ? <Spinner /> : icon}
    {text}
  </Button>
)

function Queued({ position, expectedMs, onCancel }: { position: number; expectedMs: number | null; onCancel: () => void }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <Stage
      icon={<Hourglass />}
      title={position <= 1 ? t('environment.queued.next') : t('environment.queued.title', { position })}
      text={t('environment.queued.text')}
      actions={<Cancel onCancel={onCancel} />}
    >
      {expectedMs === null ? null : (
        <p className="text-sm text-faint tabular">
          {t('environment.queued.expected', { span: formatExpectedSpan(language, expectedMs) })}
        </p>
      )}
    </Stage>
  )
}
