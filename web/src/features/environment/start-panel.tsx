import { Link } from '@tanstack/react-router'
import type { LabView } from '@wheelhouse/protocol'
import { Boxes, CircleSlash, Play, Server } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button, buttonClass } from '~/components/button'
import { CopyableCommand } from '~/components/copyable-command'
import { FailureNote } from '~/components/failure-note'
import { Spinner } from '~/components/spinner'
import { isRefusal } from '~/lib/api'
import { formatExpectedSpan } from '~/lib/format'
import { useSay } from '~/lib/i18n'
import { useLanguage } from '~/lib/settings'
import { SandboxDialog } from './sandbox-dialog'
import { Stage } from './stage'

interface StartPanelProps {
  lab: LabView
  /** Whether there was an environment before. */
  returning: boolean
  busy: boolean
  error: unknown
  onStart: () => void
}

/** Before anything runs: what the learner gets, how long it takes, and the button that starts it. */
export function StartPanel({ lab, returning, busy, error, onStart }: StartPanelProps) {
  const { t } = useTranslation()
  const say = useSay()
  if (lab.unsupported)
    return (
      <Stage icon={<CircleSlash />} title={t('environment.start.unsupportedTitle')} text={say(lab.unsupported)} live={false}>
        <div className="ml-14 space-y-3 text-muted">
          <p>{t('environment.start.unsupportedText')}</p>
          {lab.unsupported.values?.engine === 'kind' ? null : (
            <>
              <p>{t('environment.start.offerKind')}</p>
              <CopyableCommand command="npm start -- --engine kind" />
            </>
          )}
        </div>
      </Stage>
    )
  return (
    <Stage
      icon={<Server />}
      title={returning ? t('environment.deleted.title') : t('environment.start.title')}
      text={returning ? t('environment.deleted.text') : t('environment.start.text')}
      live={false}
    >
      <div className="ml-14">
        <Facts lab={lab} />
        <Button variant="primary" size="lg" className="mt-5" onClick={onStart} disabled={busy}>
          {busy ? <Spinner /> : <Play aria-hidden="true" />}
          {returning ? t('environment.deleted.action') : t('environment.start.action')}
        </Button>
        {error ? (
          <div className="mt-4">
            <FailureNote error={error} />
            {isRefusal(error, 'QUOTA_REACHED') ? (
              <p className="mt-3">
                <Link to="/environments" className={buttonClass()}>
                  <Boxes aria-hidden="true" />
                  {t('common.nav.environments')}
                </Link>
              </p>
            ) : null}
          </div>
        ) : null}
      </div>
      <SandboxDialog error={error} onAgreed={onStart} />
    </Stage>
  )
}

function Facts({ lab }: { lab: LabView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
      {lab.machines.map((machine) => (
        <span key={machine} className="rounded-md border border-line bg-canvas px-2 py-0.5 font-mono text-xs leading-5">
          {machine}
        </span>
      ))}
      {lab.expectedMs === null ? null : (
        <span className="text-faint">
          {t('environment.start.expected', { span: formatExpectedSpan(language, lab.expectedMs) })}
        </span>
      )}
    </div>
  )
}
