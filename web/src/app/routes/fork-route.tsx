import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { EnvironmentView } from '@wheelhouse/protocol'
import { ChevronLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { FailureNote } from '~/components/failure-note'
import { useDocumentTitle } from '~/components/page'
import { catalogueQuery, titleIn } from '~/features/catalogue/catalogue'
import { environmentsQuery } from '~/features/environment/environment'
import { EnvironmentStage } from '~/features/environment/environment-stage'
import { useLanguage } from '~/lib/settings'
import { InHeader } from '../header-slot'
import { NotFoundPage } from '../not-found-page'
import { EnvironmentMenu } from './environment-menu'
import { RunningTerminals } from './running-terminals'

/** An environment that was begun from a kept state, to try something in: its terminals, and nothing else. */
export function ForkRoute() {
  const { environment: id } = useParams({ from: '/environments/$environment' })
  const query = useQuery(environmentsQuery)
  const environment = query.data?.environments.find((one) => one.id === id)
  if (environment) return <ForkPage environment={environment} />
  if (query.error)
    return (
      <div className="mx-auto max-w-lg px-5 pt-[12vh]">
        <FailureNote error={query.error} onRetry={() => query.refetch()} />
      </div>
    )
  // One that was made a moment ago may not be in the list that was asked for before.
  return query.isFetching ? <div className="h-full bg-surface" aria-busy="true" /> : <NotFoundPage />
}

function ForkPage({ environment }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const language = useLanguage()
  const labTitle = titleIn(useQuery(catalogueQuery).data, language)(environment.lab)
  const title = environment.fork ? t('environment.fork.title', { lab: labTitle }) : labTitle
  useDocumentTitle(title)
  return (
    <>
      <InHeader>
        <Link
          to="/environments"
          className="flex items-center gap-1 text-muted hover:text-ink"
          aria-label={t('common.nav.environments')}
        >
          <ChevronLeft className="size-4" aria-hidden="true" />
          <span className="hidden md:inline">{t('common.nav.environments')}</span>
        </Link>
        <span className="hidden h-4 w-px shrink-0 bg-line sm:block" aria-hidden="true" />
        <p className="hidden min-w-0 flex-1 truncate font-medium sm:block">{title}</p>
        <EnvironmentMenu environment={environment} labTitle={title} titleOf={(task) => task} />
      </InHeader>
      <EnvironmentStage environment={environment} onRenew={() => navigate({ to: '/environments' })}>
        <div className="flex h-full flex-col">
          {environment.fork ? (
            <p className="shrink-0 border-b border-line bg-sunken px-4 py-2 text-sm text-muted">
              {t('environment.fork.text')}{' '}
              <Link to="/labs/$lab" params={{ lab: environment.lab }} className="text-accent hover:underline">
                {t('environment.fork.toLab')}
              </Link>
            </p>
          ) : null}
          <RunningTerminals environment={environment} />
        </div>
      </EnvironmentStage>
    </>
  )
}
