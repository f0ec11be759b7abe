import { useTranslation } from 'react-i18next'
import { useLanguage } from '~/lib/settings'
import { type Chapter, progressOf } from './catalogue'
import { LabCard } from './lab-card'

export function ChapterSection({ chapter }: { chapter: Chapter }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const done = chapter.labs.filter((card) => progressOf(card) === 'done').length
  return (
    <section
      aria-labelledby={`chapter-${chapter.id}`}
      className="grid gap-x-8 gap-y-4 border-t border-line pt-7 pb-9 lg:grid-cols-[15rem_1fr]"
    >
      <div>
        <p className="text-xs font-medium text-faint tabular" aria-hidden="true">
          {chapter.id.slice(0, 2)}
        </p>
        <h2 id={`chapter-${chapter.id}`} className="text-lg font-semibold">
          {chapter.title[language]}
        </h2>
        <p className="mt-1 text-base text-muted">{chapter.summary[language]}</p>
        {done > 0 ? (
          <p className="mt-2 text-xs text-faint tabular">{t('catalogue.chapterProgress', { done, all: chapter.labs.length })}</p>
        ) : null}
      </div>
      <div className="grid auto-rows-fr gap-3 sm:grid-cols-2">
        {chapter.labs.map((card) => (
          <LabCard key={card.id} card={card} />
        ))}
      </div>
    </section>
  )
}
