import type { LabView } from '@wheelhouse/protocol'
import { CircleSlash, Play, Server } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { FailureNote } from '~/components/failure-note'
import { Note } from '~/components/note'
import { Spinner } from '~/components/spinner'
import { formatSpan } from '~/lib/format'
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
        <Note>
          <div className="space-y-2">
            <p>{t('environment.start.unsupportedText')}</p>
            {lab.unsupported.values?.engine === 'kind' ? null : (
              <p>
                {t('environment.start.offerKind')} <code className="whitespace-nowrap text-ink">npm start -- --engine kind</code>
              </p>
            )}
          </div>
        </Note>
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
      </div>
      {error ? (
        <div className="mt-4">
          <FailureNote error={error} />
        </div>
      ) : null}
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
        <span className="text-faint">{t('environment.start.expected', { span: formatSpan(language, lab.expectedMs) })}</span>
      )}
    </div>
  )
}
