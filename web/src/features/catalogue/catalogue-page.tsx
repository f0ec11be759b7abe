import { useQuery } from '@tanstack/react-query'
import type { CatalogueView } from '@wheelhouse/protocol'
import { BookOpen, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { Empty } from '~/components/empty'
import { FailureNote } from '~/components/failure-note'
import { Page } from '~/components/page'
import { catalogueQuery, type Filter, filterChapters, isFiltering, labToContinue, NO_FILTER } from './catalogue'
import { CatalogueFilters } from './catalogue-filters'
import { CatalogueSkeleton } from './catalogue-skeleton'
import { ChapterSection } from './chapter-section'
import { ContinueCard } from './continue-card'

interface Filtering {
  filter: Filter
  onFilter: (filter: Filter) => void
}

export function CataloguePage(filtering: Filtering) {
  const { t } = useTranslation()
  const query = useQuery(catalogueQuery)
  return (
    <Page title={t('catalogue.title')} lead={t('catalogue.lead')}>
      {query.data ? (
        <Chapters catalogue={query.data} {...filtering} />
      ) : query.error ? (
        <FailureNote error={query.error} intro={t('catalogue.failed')} onRetry={() => query.refetch()} />
      ) : (
        <CatalogueSkeleton />
      )}
    </Page>
  )
}

function Chapters({ catalogue, filter, onFilter }: { catalogue: CatalogueView } & Filtering) {
  const { t } = useTranslation()
  const all = catalogue.chapters.filter((chapter) => chapter.labs.length > 0)
  if (all.length === 0) return <Empty icon={<BookOpen />} title={t('catalogue.none.title')} text={t('catalogue.none.text')} />

  const shown = filterChapters(all, filter)
  const count = shown.reduce((sum, chapter) => sum + chapter.labs.length, 0)
  const next = isFiltering(filter) ? undefined : labToContinue(all)
  return (
    <>
      {next ? <ContinueCard card={next} /> : null}
      <div className="mb-6 flex flex-wrap items-center justify-between gap-3">
        <CatalogueFilters filter={filter} onChange={onFilter} />
        <p className="text-sm text-faint tabular" role="status">
          {t('catalogue.shown', { count })}
        </p>
      </div>
      {shown.map((chapter) => (
        <ChapterSection key={chapter.id} chapter={chapter} />
      ))}
      {shown.length === 0 ? (
        <Empty
          icon={<SearchX />}
          title={t('catalogue.empty.title')}
          text={t('catalogue.empty.text')}
          action={<Button onClick={() => onFilter(NO_FILTER)}>{t('catalogue.filter.reset')}</Button>}
        />
      ) : null}
    </>
  )
}
