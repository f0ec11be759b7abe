import type { Language } from '@wheelhouse/protocol'
import { useTranslation } from 'react-i18next'
import { MenuChoice, MenuChoices, MenuLabel, MenuLine } from '~/components/menu'
import { Segmented } from '~/components/segmented'
import { useLanguage } from '~/lib/settings'
import { useChangeLanguage } from './session'

const OPTIONS = [
  { value: 'en', label: 'EN' },
  { value: 'zh', label: '中文' },
] as const

/** Each language is named in itself, so that whoever needs it can read it. */
export function LanguageSwitch({ className = '' }: { className?: string }) {
  const { t } = useTranslation()
  const change = useChangeLanguage()
  return (
    <Segmented
      label={t('settings.language')}
      value={useLanguage()}
      options={[...OPTIONS]}
      onChange={change}
      className={className}
    />
  )
}

/** The same in a menu, where a narrow window has no place for it. */
export function LanguageChoices() {
  const { t } = useTranslation()
  const change = useChangeLanguage()
  return (
    <div className="sm:hidden">
      <MenuLabel>{t('settings.language')}</MenuLabel>
      <MenuChoices value={useLanguage()} onValueChange={(value) => change(value as Language)}>
        {OPTIONS.map(({ value, label }) => (
          <MenuChoice key={value} value={value}>
            {label}
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuLine />
    </div>
  )
}
