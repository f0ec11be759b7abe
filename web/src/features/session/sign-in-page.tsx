import { KeyRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CopyableCommand } from '~/components/copyable-command'
import { Logo } from '~/components/logo'
import { Note } from '~/components/note'
import { LanguageSwitch } from './language-switch'

/** Shown to whoever is not signed in: where the link is to be had. `badLink`: one was tried, and it was refused. */
export function SignInPage({ badLink }: { badLink: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-5 py-4">
        <span className="flex items-center gap-2 font-semibold">
          <Logo />
          {t('common.product')}
        </span>
        <LanguageSwitch />
      </header>
      <main className="animate-rise mx-auto w-full max-w-lg flex-1 px-5 pt-[10vh] pb-16">
        <div className="mb-5 flex size-11 items-center justify-center rounded-xl bg-accent-soft text-accent">
          <KeyRound className="size-5" aria-hidden="true" />
        </div>
        <h1 className="text-2xl font-semibold">{t('session.signIn.title')}</h1>
        {badLink ? (
          <Note tone="not-yet" className="mt-5">
            {t('session.signIn.bad')}
          </Note>
        ) : null}
        <Way title={t('session.signIn.owner')} text={t('session.signIn.ownerText')} command="npx wheelhouse learner link owner" />
        <Way
          title={t('session.signIn.learner')}
          text={t('session.signIn.learnerText')}
          command="npx wheelhouse learner add NAME"
        />
      </main>
    </div>
  )
}

function Way({ title, text, command }: { title: string; text: string; command: string }) {
  return (
    <section className="mt-6 rounded-xl border border-line bg-surface p-5 shadow-low">
      <h2 className="font-semibold">{title}</h2>
      <p className="mt-1 mb-3 text-muted">{text}</p>
      <CopyableCommand command={command} />
    </section>
  )
}
