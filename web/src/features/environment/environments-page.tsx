import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EnvironmentView } from '@wheelhouse/protocol'
import { Boxes } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { buttonClass } from '~/components/button'
import { Empty } from '~/components/empty'
import { FailureNote } from '~/components/failure-note'
import { Page } from '~/components/page'
import { environmentsQuery } from './environment'
import { EnvironmentRow } from './environment-row'

/** `titleOf` names a lab in the reader's language: the catalogue knows it. */
export function EnvironmentsPage({ titleOf }: { titleOf: (lab: string) => string }) {
  const { t } = useTranslation()
  const query = useQuery(environmentsQuery)
  return (
    <Page title={t('environment.list.title')} lead={t('environment.list.lead')}>
      {query.data ? (
        <List environments={query.data.environments} titleOf={titleOf} />
      ) : query.error ? (
        <FailureNote error={query.error} intro={t('environment.list.failed')} onRetry={() => query.refetch()} />
      ) : (
        <div className="skeleton h-40 rounded-xl" aria-busy="true" />
      )}
    </Page>
  )
}

function List({ environments, titleOf }: { environments: EnvironmentView[]; titleOf: (lab: string) => string }) {
  const { t } = useTranslation()
  const present = environments.filter(({ state }) => state.phase !== 'deleted')
  if (present.length === 0)
    return (
      <Empty
        icon={<Boxes />}
        title={t('environment.list.empty.title')}
        text={t('environment.list.empty.text')}
        action={
          <Link to="/" className={buttonClass({ variant: 'primary' })}>
            {t('environment.list.empty.action')}
          </Link>
        }
      />
    )
  return (
    <ul className="divide-y divide-line rounded-xl border border-line bg-surface shadow-low">
      {present.map((environment) => (
        <EnvironmentRow key={environment.id} environment={environment} title={titleOf(environment.lab)} />
      ))}
    </ul>
  )
}
