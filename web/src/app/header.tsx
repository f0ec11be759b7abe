import { Link, useMatchRoute } from '@tanstack/react-router'
import { CircleHelp } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ConnectionChip } from '~/components/connection-chip'
import { IconButton } from '~/components/icon-button'
import { Logo } from '~/components/logo'
import { AccountMenu } from '~/features/session/account-menu'
import { EngineChip } from '~/features/session/engine-chip'
import { LanguageSwitch } from '~/features/session/language-switch'
import { useSession } from '~/features/session/session'
import { AppearanceMenu } from '~/features/settings/appearance-menu'
import { HeaderSlot } from './header-slot'

/** The line on top of every page. In a lab, or a copy of its environment, its own title and chips stand where the pages are listed elsewhere. */
export function Header({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation()
  const matches = useMatchRoute()
  const inLab = Boolean(matches({ to: '/labs/$lab' }) || matches({ to: '/environments/$environment' }))
  return (
    <header className="flex h-13 shrink-0 items-center gap-2 border-b border-line bg-surface px-3 sm:gap-3 sm:px-4">
      <Link
        to="/"
        aria-label={t('common.product')}
        className="flex items-center gap-2 text-[0.9375rem] font-semibold tracking-tight"
      >
        <Logo />
        <span className={inLab ? 'hidden xl:inline' : 'hidden sm:inline'}>{t('common.product')}</span>
      </Link>
      {inLab ? <HeaderSlot className="flex min-w-0 flex-1 items-center gap-2 sm:gap-3" /> : <Pages />}
      <div className="flex items-center gap-2">
        <ConnectionChip />
        {inLab ? null : <EngineChip />}
        <LanguageSwitch className="max-sm:hidden" />
        <div className="flex items-center">
          <AppearanceMenu />
          <IconButton label={t('shortcuts.open')} keys="?" onClick={onHelp} className="max-sm:hidden">
            <CircleHelp aria-hidden="true" />
          </IconButton>
        </div>
        <AccountMenu />
      </div>
    </header>
  )
}

const PAGES = [
  { to: '/', name: 'labs', owner: false },
  { to: '/environments', name: 'environments', owner: false },
  { to: '/doctor', name: 'doctor', owner: true },
] as const

/** The doctor is for who runs the server: nobody else can do anything about what it finds. */
function Pages() {
  const { t } = useTranslation()
  const isOwner = useSession()?.learner.role === 'owner'
  return (
    <nav aria-label={t('common.nav.label')} className="flex min-w-0 flex-1 items-center gap-0.5 overflow-x-auto sm:ml-2">
      {PAGES.filter(({ owner }) => isOwner || !owner).map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className="rounded-md px-2 py-1 whitespace-nowrap sm:px-2.5 text-muted transition-colors hover:bg-hover hover:text-ink data-[status=active]:font-medium data-[status=active]:text-ink"
        >
          {t(`common.nav.${name}`)}
        </Link>
      ))}
    </nav>
  )
}
