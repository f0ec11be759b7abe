import { useQuery } from '@tanstack/react-query'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FailureNote } from '~/components/failure-note'
import { Logo } from '~/components/logo'
import { NoticeList } from '~/features/notices/notice-list'
import { sessionQuery, useLearnersLanguage } from '~/features/session/session'
import { SignInPage } from '~/features/session/sign-in-page'
import { ShortcutsDialog } from '~/features/shortcuts/shortcuts-dialog'
import { isRefusal } from '~/lib/api'
import { HomeContext } from '~/lib/home'
import { useShortcuts } from '~/lib/shortcuts'
import { Header } from './header'
import { HeaderSlotProvider } from './header-slot'
import { NoticePlace } from './notice-place'
import { useServerEvents } from './server-events'

/** Around every page: who is signed in, the header, the line to the server. */
export function Shell() {
  const session = useQuery(sessionQuery)
  const badLink = useLocation().pathname === '/sign-in'
  if (session.data)
    return (
      <HomeContext value={session.data.engine.home}>
        <SignedIn />
      </HomeContext>
    )
  if (isRefusal(session.error, 'NOT_SIGNED_IN')) return <SignInPage badLink={badLink} />
  if (session.error) return <Unreachable error={session.error} onRetry={() => session.refetch()} />
  return <Opening />
}

function SignedIn() {
  const { t } = useTranslation()
  const [helpOpen, setHelpOpen] = useState(false)
  useServerEvents()
  useLearnersLanguage()
  useShortcuts({ '?': () => setHelpOpen(true) })
  return (
    <HeaderSlotProvider>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-1.5 focus:shadow-high"
      >
        {t('common.skipToContent')}
      </a>
      {/* Words for screen readers alone are placed in the box around them: each box that scrolls holds its own, and the window never scrolls. */}
      <div className="relative flex h-dvh flex-col overflow-clip">
        <Header onHelp={() => setHelpOpen(true)} />
        {/* A page that grows past the window, and shrinks again, does not move sideways. */}
        <main
          id="content"
          tabIndex={-1}
          className="relative min-h-0 flex-1 overflow-y-auto has-[>[data-page]]:[scrollbar-gutter:stable] focus:outline-none"
        >
          <Outlet />
        </main>
      </div>
      <NoticeList placeOf={(environment) => <NoticePlace environment={environment} />} />
      <ShortcutsDialog open={helpOpen} onOpenChange={setHelpOpen} />
    </HeaderSlotProvider>
  )
}

/** The header's line alone, so that nothing moves when the page comes. */
const Opening = () => (
  <div aria-busy="true" className="flex h-13 items-center gap-2 border-b border-line bg-surface px-4">
    <Logo />
  </div>
)

function Unreachable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  return (
    <main className="mx-auto max-w-lg px-5 pt-[18vh]">
      <Logo className="mb-5 size-9" />
      <h1 className="mb-4 text-xl font-semibold">{t('session.signIn.unreachable')}</h1>
      <FailureNote error={error} onRetry={onRetry} />
    </main>
  )
}
