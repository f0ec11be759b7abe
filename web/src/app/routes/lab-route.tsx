import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FailureNote } from '~/components/failure-note'
import { labQuery } from '~/features/instructions/lab'
import { isRefusal } from '~/lib/api'
import { useLanguage } from '~/lib/settings'
import { NotFoundPage } from '../not-found-page'
import { LabPage } from './lab-page'

export function LabRoute() {
  const { t } = useTranslation()
  const { lab: id } = useParams({ from: '/labs/$lab' })
  const query = useQuery(labQuery(id, useLanguage()))
  if (query.data) return <LabPage key={query.data.id} lab={query.data} />
  if (isRefusal(query.error, 'NOT_FOUND')) return <NotFoundPage />
  if (query.error)
    return (
      <div className="mx-auto max-w-lg px-5 pt-[12vh]">
        <FailureNote error={query.error} intro={t('lab.failed')} onRetry={() => query.refetch()} />
      </div>
    )
  return <LabSkeleton />
}

/** The three zones, empty. */
function LabSkeleton() {
  return (
    <div aria-busy="true" className="flex h-full">
      <div className="w-[36%] space-y-3 border-r border-line bg-surface p-6">
        <div className="skeleton mt-10 h-6 w-3/5" />
        <div className="skeleton h-4 w-full" />
        <div className="skeleton h-4 w-11/12" />
        <div className="skeleton h-4 w-4/5" />
      </div>
      <div className="flex-1 bg-canvas" />
    </div>
  )
}
