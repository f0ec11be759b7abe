import type { CheckResult, Evidence } from '@wheelhouse/protocol'
import { clsx } from 'clsx'
import { useTranslation } from 'react-i18next'
import { CopyableCommand } from '~/components/copyable-command'
import { Note } from '~/components/note'
import { Words } from '~/components/words'
import { useTrueHome } from '~/lib/home'
import { useSay } from '~/lib/i18n'

/** Why a check is as it is: what was wanted, what was found, and the command that shows it. */
export function EvidenceList({ result }: { result: CheckResult }) {
  const { t } = useTranslation()
  return (
    <div className="grid gap-3">
      {result.status === 'error' ? (
        <Note tone="error">
          <p>{t('attempt.explain.error')}</p>
          {result.error ? <p className="mt-1 font-mono text-xs break-words text-muted">{result.error}</p> : null}
        </Note>
      ) : null}
      {result.evidence.map((evidence) => (
        <EvidenceCard key={JSON.stringify([evidence.subject, evidence.expected])} evidence={evidence} />
      ))}
    </div>
  )
}

function EvidenceCard({ evidence }: { evidence: Evidence }) {
  const { t } = useTranslation()
  const say = useSay()
  const asHere = useTrueHome()
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-canvas">
      <p className="border-b border-line px-3 py-1.5 font-mono text-xs break-words text-muted">
        <Words text={asHere(say(evidence.subject))} />
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 px-3 py-2 text-sm">
        <dt className="text-faint">{t('attempt.expected')}</dt>
        <dd className="min-w-0 font-mono text-xs leading-5 break-words whitespace-pre-wrap">{say(evidence.expected)}</dd>
        <dt className="text-faint">{t('attempt.found')}</dt>
        <dd
          className={clsx(
            'min-w-0 font-mono text-xs leading-5 break-words whitespace-pre-wrap',
            evidence.holds ? 'text-passed' : 'font-medium text-failed',
          )}
        >
          {say(evidence.found)}
        </dd>
      </dl>
      {evidence.seeWith ? (
        <div className="border-t border-line px-3 pt-1.5 pb-2.5">
          <p className="mb-1 text-xs text-faint">{t('attempt.seeWith')}</p>
          <CopyableCommand command={asHere(evidence.seeWith)} />
        </div>
      ) : null}
    </div>
  )
}
