import { Link } from '@tanstack/react-router'
import type { LabCard as Card } from '@wheelhouse/protocol'
import { ArrowRight, Check, CircleSlash } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Ring } from '~/components/ring'
import { Tip } from '~/components/tip'
import { useSay } from '~/lib/i18n'
import { useLanguage } from '~/lib/settings'
import { domainsOf, progressOf } from './catalogue'

/** One lab. The whole card is a link; its name is the lab's title. */
export function LabCard({ card }: { card: Card }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <article className="group relative flex flex-col rounded-xl border border-line bg-surface p-4 shadow-low transition-[border-color,background-color] duration-150 focus-within:border-accent-line hover:border-line-strong">
      <div className="flex items-start justify-between gap-3">
        <h3 className="text-[0.9375rem] leading-5.5 font-semibold">
          <Link
            to="/labs/$lab"
            params={{ lab: card.id }}
            className="outline-offset-4 after:absolute after:inset-0 after:rounded-xl"
          >
            {card.title[language]}
          </Link>
        </h3>
        <CardState card={card} />
      </div>
      <p className="mt-1 line-clamp-3 text-base text-muted">{card.summary[language]}</p>
      <ul className="mt-3 flex flex-wrap gap-x-3 gap-y-1 text-xs text-faint">
        {domainsOf(card).map((domain) => (
          <li key={domain}>{t(`competencies.domain.${domain}`)}</li>
        ))}
      </ul>
      <div className="mt-auto flex items-center gap-2 pt-4 text-xs text-faint">
        <span className="tabular">{t('common.minutes', { count: card.minutes })}</span>
        <span aria-hidden="true">·</span>
        <span className="tabular">{t('common.tasks', { count: card.tasks })}</span>
        <span aria-hidden="true">·</span>
        <span className="tabular">{t('common.points', { count: card.points })}</span>
        <CardAction card={card} />
      </div>
    </article>
  )
}

function CardState({ card }: { card: Card }) {
  const { t } = useTranslation()
  const say = useSay()
  if (card.unsupported)
    return (
      <Tip text={say(card.unsupported)}>
        <span className="relative z-10 inline-flex shrink-0 items-center gap-1 rounded-full border border-line px-2 py-0.5 text-xs text-faint">
          <CircleSlash className="size-3" aria-hidden="true" />
          {t('catalogue.card.unsupported')}
        </span>
      </Tip>
    )
  switch (progressOf(card)) {
    case 'fresh':
      return card.needs === 'nodes' || card.needs === 'addons' ? (
        <span className="shrink-0 rounded-full border border-line px-2 py-0.5 text-xs text-faint">
          {t(`catalogue.card.needs.${card.needs}`)}
        </span>
      ) : null
    case 'started':
      return <Points card={card} />
    case 'done':
      return (
        <span className="inline-flex shrink-0 items-center gap-1 rounded-full bg-passed-soft px-2 py-0.5 text-xs font-medium text-passed">
          <Check className="size-3" strokeWidth={2.5} aria-hidden="true" />
          {t('catalogue.card.done')}
        </span>
      )
  }
}

function Points({ card }: { card: Card }) {
  const { t } = useTranslation()
  const points = card.progress?.points ?? 0
  return (
    <span
      role="img"
      className="inline-flex shrink-0 items-center gap-1.5 text-xs text-muted tabular"
      aria-label={t('catalogue.card.points', { points, max: card.points })}
    >
      <Ring share={points / card.points} size={15} />
      <span aria-hidden="true">
        {points}/{card.points}
      </span>
    </span>
  )
}

function CardAction({ card }: { card: Card }) {
  const { t } = useTranslation()
  const word = { fresh: 'start', started: 'resume', done: 'again' } as const
  return (
    <span
      aria-hidden="true"
      className="ml-auto inline-flex items-center gap-1 font-medium text-accent opacity-0 transition-opacity duration-150 group-focus-within:opacity-100 group-hover:opacity-100"
    >
      {t(`catalogue.card.${word[progressOf(card)]}`)}
      <ArrowRight className="size-3.5" />
    </span>
  )
}
