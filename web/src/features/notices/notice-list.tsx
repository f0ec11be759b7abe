import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '~/components/icon-button'
import { Words } from '~/components/words'
import { useServerNow } from '~/lib/clock'
import { formatClock } from '~/lib/format'
import { useSay } from '~/lib/i18n'
import { dismissNotice, type Notice, useNotices } from './notices'

const ICONS = { info: Info, warning: TriangleAlert, danger: CircleAlert }
const TONES = { info: 'text-accent', warning: 'text-not-yet', danger: 'text-failed' }

/** What the server announces, in the corner, until it is read. `placeOf` leads to the environment that a notice is about. */
export function NoticeList({ placeOf }: { placeOf: (environment: string) => ReactNode }) {
  const notices = useNotices()
  return (
    <ol
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 z-30 flex w-96 max-w-[calc(100%-2rem)] flex-col gap-2"
    >
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} place={notice.environment ? placeOf(notice.environment) : null} />
      ))}
    </ol>
  )
}

function NoticeLine({ notice, place }: { notice: Notice; place: ReactNode }) {
  const { t } = useTranslation()
  const say = useSay()
  const now = useServerNow(notice.untilMs === undefined ? null : 1000)
  const Icon = ICONS[notice.level]
  return (
    <li className="animate-rise pointer-events-auto flex items-start gap-3 rounded-xl bg-raised p-3.5 shadow-high">
      <Icon className={`mt-0.5 size-4 shrink-0 ${TONES[notice.level]}`} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p>
          <Words text={say(notice.text)} />
          {notice.untilMs === undefined ? null : (
            <span className="ml-1.5 text-muted tabular">{formatClock(notice.untilMs - now)}</span>
          )}
        </p>
        {place ? <p className="mt-1">{place}</p> : null}
      </div>
      <IconButton label={t('common.close')} className="-mt-1.5 -mr-1.5" onClick={() => dismissNotice(notice.id)}>
        <X />
      </IconButton>
    </li>
  )
}
