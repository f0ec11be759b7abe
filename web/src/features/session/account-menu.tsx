import { LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ActionFailure } from '~/components/action-failure'
import { Menu, MenuItem, MenuLine } from '~/components/menu'
import { LanguageChoices } from './language-switch'
import { useSession, useSignOut } from './session'

export function AccountMenu() {
  const { t } = useTranslation()
  const session = useSession()
  const signOut = useSignOut()
  if (!session) return <span className="skeleton size-7 rounded-full" />
  const { learner, version } = session
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={t('session.account')}
            className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase ring-1 ring-accent-line"
          >
            {[...learner.name][0] ?? '?'}
          </button>
        }
      >
        <div className="px-2.5 pt-2 pb-1.5">
          <p className="font-medium">{learner.name}</p>
          <p className="text-xs text-faint">
            {t(`session.role.${learner.role}`)} · {t('session.version', { version })}
          </p>
        </div>
        <MenuLine />
        <LanguageChoices />
        <MenuItem onSelect={() => signOut.mutate()}>
          <LogOut aria-hidden="true" />
          {t('session.signOut')}
        </MenuItem>
      </Menu>
      <ActionFailure error={signOut.error} onClose={signOut.reset} />
    </>
  )
}
