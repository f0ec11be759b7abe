import { queryOptions, useQuery } from '@tanstack/react-query'
import type { DoctorFinding, DoctorReport } from '@wheelhouse/protocol'
import { CircleAlert, CircleCheck, CircleHelp, RotateCw, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { FailureNote } from '~/components/failure-note'
import { Note } from '~/components/note'
import { Page } from '~/components/page'
import { Spinner } from '~/components/spinner'
import { Words } from '~/components/words'
import { api } from '~/lib/api'
import { formatMoment } from '~/lib/format'
import { useSay } from '~/lib/i18n'
import { useLanguage } from '~/lib/settings'

export const doctorQuery = queryOptions({
  queryKey: ['doctor'],
  queryFn: ({ signal }) => api.get<DoctorReport>('/api/doctor', signal),
  staleTime: 0,
})

export function DoctorPage() {
  const { t } = useTranslation()
  const query = useQuery(doctorQuery)
  const again = (
    <Button onClick={() => query.refetch()} disabled={query.isFetching}>
      {query.isFetching ? <Spinner /> : <RotateCw aria-hidden="true" />}
      {t('doctor.again')}
    </Button>
  )
  return (
    <Page title={t('doctor.title')} lead={t('doctor.lead')} aside={again}>
      {query.data ? (
        <Report report={query.data} />
      ) : query.error ? (
        <FailureNote error={query.error} intro={t('doctor.failed')} onRetry={() => query.refetch()} />
      ) : (
        <div className="grid gap-3" aria-busy="true">
          <div className="skeleton h-11 rounded-lg" />
          <div className="skeleton h-80 rounded-xl" />
        </div>
      )}
    </Page>
  )
}

function Report({ report }: { report: DoctorReport }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <>
      <Overall findings={report.findings} />
      <ul className="mt-4 divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-low">
        {report.findings.map((finding) => (
          <Finding key={finding.name} finding={finding} />
        ))}
      </ul>
      <p className="mt-3 text-xs text-faint">{t('doctor.checkedAt', { when: formatMoment(language, report.checkedAtMs) })}</p>
    </>
  )
}

function Overall({ findings }: { findings: DoctorFinding[] }) {
  const { t } = useTranslation()
  const count = (status: DoctorFinding['status']) => findings.filter((finding) => finding.status === status).length
  const problems = count('problem')
  const warnings = count('warning')
  if (problems > 0) return <Verdict status="problem" text={t('doctor.problems', { count: problems })} />
  if (warnings > 0) return <Verdict status="warning" text={t('doctor.warnings', { count: warnings })} />
  return <Verdict status="ok" text={t('doctor.allWell')} />
}

const TONES = { ok: 'passed', warning: 'not-yet', problem: 'failed', unknown: 'plain' } as const

const Verdict = ({ status, text }: { status: DoctorFinding['status']; text: string }) => (
  <Note tone={TONES[status]} icon={<StatusIcon status={status} />}>
    <p role="status" className="font-medium">
      {text}
    </p>
  </Note>
)

function StatusIcon({ status }: { status: DoctorFinding['status'] }) {
  switch (status) {
    case 'ok':
      return <CircleCheck aria-hidden="true" className="text-passed" />
    case 'warning':
      return <TriangleAlert aria-hidden="true" className="text-not-yet" />
    case 'problem':
      return <CircleAlert aria-hidden="true" className="text-failed" />
    case 'unknown':
      return <CircleHelp aria-hidden="true" className="text-faint" />
  }
}

function Finding({ finding }: { finding: DoctorFinding }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[15rem_1fr]">
      <div className="flex items-start gap-2.5 font-medium [&_svg]:mt-0.75 [&_svg]:size-4 [&_svg]:shrink-0">
        <StatusIcon status={finding.status} />
        <span>
          {say(finding.title)}
          <span className="sr-only">: {t(`doctor.status.${finding.status}`)}</span>
        </span>
      </div>
      <div className="min-w-0 pl-6.5 sm:pl-0">
        <p className="text-muted">
          <Words text={say(finding.found)} />
        </p>
        {finding.remedy ? (
          <p className="mt-1">
            <span className="text-faint">{t('doctor.remedy')}</span>
            <Words text={say(finding.remedy)} />
          </p>
        ) : null}
      </div>
    </li>
  )
}
