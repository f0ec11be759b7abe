import type { EnvironmentState } from '@wheelhouse/protocol'
import { CircleAlert, Download, RotateCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button, buttonClass } from '~/components/button'
import { Output } from '~/components/output'
import { Words } from '~/components/words'
import { useSay } from '~/lib/i18n'
import { Stage } from './stage'
import { Steps } from './steps'

type FailedState = Extract<EnvironmentState, { phase: 'failed' }>

/** A cluster that could not be built: which step, which command, what it printed, what to do, and another try. */
export function Failed({ id, state, onRetry, busy }: { id: string; state: FailedState; onRetry: () => void; busy: boolean }) {
  const { t } = useTranslation()
  const say = useSay()
  const { code, values, detail, reference } = state.error
  const actions = (
    <>
      {/* What the engine does not support stays unsupported; anything else may have been mended meanwhile. */}
      {code === 'ENGINE_UNSUPPORTED' ? null : (
        <Button variant="primary" onClick={onRetry} disabled={busy}>
          <RotateCw aria-hidden="true" />
          {t('environment.failed.action')}
        </Button>
      )}
      {state.leftovers === 'kept' ? (
        <a className={buttonClass()} href={`/api/environments/${id}/logs`} download={`environment-${id}.log`}>
          <Download aria-hidden="true" />
          {t('environment.failed.logs')}
        </a>
      ) : null}
    </>
  )
  return (
    <Stage
      icon={<CircleAlert className="text-failed" />}
      title={t('environment.failed.title')}
      text={<Words text={say({ key: `error.${code}`, values })} />}
      actions={actions}
    >
      {detail && !isInLog(detail, state.steps) ? (
        <Output
          label={t('common.failure.details')}
          text={detail}
          className="mb-4 max-h-56 rounded-xl border border-failed-line bg-sunken p-3.5"
        />
      ) : null}
      {state.steps.length > 0 ? <Steps steps={state.steps.map((step) => ({ ...step, shownMs: step.elapsedMs }))} /> : null}
      <p className="mt-3 text-xs text-faint">
        {t(`environment.failed.leftovers.${state.leftovers}`)}
        {reference ? t('environment.failed.reference', { reference }) : null}
      </p>
    </Stage>
  )
}

/** A step that failed stands open with its log: what that ends with is not shown a second time above it. */
const isInLog = (detail: string, steps: FailedState['steps']): boolean =>
  steps.some(({ status, log }) => status === 'failed' && log?.includes(detail.trim()))
