import { Search, X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Keys } from '~/components/keys'
import { Select } from '~/components/select'
import { useShortcuts } from '~/lib/shortcuts'
import { DOMAINS, type Filter } from './catalogue'

const PROGRESS = ['any', 'fresh', 'started', 'done'] as const

export function CatalogueFilters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const { t } = useTranslation()
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchField text={filter.text} onChange={(text) => onChange({ ...filter, text })} />
      <Select
        label={t('catalogue.filter.domain')}
        value={filter.domain}
        options={[
          { value: 'any', label: t('catalogue.filter.anyDomain') },
          ...DOMAINS.map((domain) => ({ value: domain, label: t(`competencies.domain.${domain}`) })),
        ]}
        onChange={(domain) => onChange({ ...filter, domain })}
      />
      <Select
        label={t('catalogue.filter.progress')}
        value={filter.progress}
        options={PROGRESS.map((value) => ({ value, label: t(`catalogue.filter.${value}`) }))}
        onChange={(progress) => onChange({ ...filter, progress })}
      />
    </search>
  )
}

function SearchField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  useShortcuts({ '/': () => field.current?.focus() })
  return (
    <div className="relative w-full sm:w-72">
      <Search className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-faint" aria-hidden="true" />
      <input
        ref={field}
        type="search"
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onChange('')
        }}
        placeholder={t('catalogue.search')}
        aria-label={t('catalogue.search')}
        className="peer h-8 w-full rounded-md border border-line-strong bg-surface pr-8 pl-8 text-base placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
      />
      {text ? (
        <button
          type="button"
          aria-label={t('catalogue.clearSearch')}
          onClick={() => onChange('')}
          className="absolute top-1 right-1 flex size-6 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
        >
          <X className="size-3.5" />
        </button>
      ) : (
        <span className="pointer-events-none absolute top-1.5 right-1.5 peer-focus:hidden max-sm:hidden" aria-hidden="true">
          <Keys keys="/" />
        </span>
      )}
    </div>
  )
}
