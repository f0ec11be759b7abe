import { Link } from '@tanstack/react-router'
import type { LabCard } from '@wheelhouse/protocol'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { buttonClass } from '~/components/button'
import { Ring } from '~/components/ring'
import { formatMoment } from '~/lib/format'
import { useLanguage } from '~/lib/settings'

/** The lab that was left open last, one click away. */
export function ContinueCard({ card }: { card: LabCard }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { points = 0, lastSeenAtMs = 0 } = card.progress ?? {}
  return (
    <section
      aria-label={t('catalogue.continue.title')}
      className="mb-8 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-accent-line bg-accent-soft px-5 py-4"
    >
      <Ring share={points / card.points} size={34} width={3.5} />
      <div className="min-w-0 flex-1">
        <p className="text-xs text-muted">{t('catalogue.continue.title')}</p>
        <p className="text-[0.9375rem] font-semibold">{card.title[language]}</p>
        <p className="text-xs text-muted tabular">
          {t('catalogue.card.points', { points, max: card.points })} ·{' '}
          {t('catalogue.continue.seen', { when: formatMoment(language, lastSeenAtMs) })}
        </p>
      </div>
      <Link to="/labs/$lab" params={{ lab: card.id }} className={buttonClass({ variant: 'primary' })}>
        {t('catalogue.continue.action')}
        <ArrowRight aria-hidden="true" />
      </Link>
    </section>
  )
}
