import { formatMessage, type TerminalState } from '@wheelhouse/protocol'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { Spinner } from '~/components/spinner'
import { Words } from '~/components/words'
import { useLanguage } from '~/lib/settings'
import { useStore } from '~/lib/store'
import type { TerminalConnection } from './terminal-connection'

/** A word under the screen where there is no shell behind it, and the way on. The screen stays. */
export function StateBanner({ connection }: { connection: TerminalConnection }) {
  const { line, state } = useStore(connection.status)
  return <div role="status">{line === 'open' ? <StateWords state={state} onRestart={() => connection.restart()} /> : null}</div>
}

function StateWords({ state, onRestart }: { state: TerminalState; onRestart: () => void }) {
  const { t } = useTranslation()
  const language = useLanguage()
  switch (state.phase) {
    case 'connecting':
    case 'running':
      return null
    case 'exited':
      return (
        <Banner>
          <span>{state.exitCode === 0 ? t('terminal.exited') : t('terminal.exitedWith', { code: state.exitCode })}</span>
          <span className="text-muted">{t('terminal.pressEnter')}</span>
          <Button size="sm" className="ml-auto" onClick={onRestart}>
            {t('terminal.newShell')}
          </Button>
        </Banner>
      )
    case 'unreachable':
      return (
        <Banner>
          <Spinner className="size-3.5 shrink-0 text-not-yet" />
          <span>{t(`terminal.unreachable.${state.why}`)}</span>
        </Banner>
      )
    case 'refused':
      return (
        <Banner>
          <span className="text-failed">
            <Words text={formatMessage(language, { key: `error.${state.error.code}`, values: state.error.values })} />
            {state.error.detail ? <code className="ml-2 font-mono text-sm">{state.error.detail}</code> : null}
          </span>
          <Button size="sm" className="ml-auto" onClick={onRestart}>
            {t('terminal.tryAgain')}
          </Button>
        </Banner>
      )
    case 'closed':
      return <Banner>{t('terminal.closed')}</Banner>
  }
}

const Banner = ({ children }: { children: React.ReactNode }) => (
  <div className="animate-fade flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line bg-surface px-4 py-1.5 text-base text-ink">
    {children}
  </div>
)
