import { useTranslation } from 'react-i18next'
import { Segmented } from '~/components/segmented'
import { useLanguage } from '~/lib/settings'
import { useChangeLanguage } from './session'

const OPTIONS = [
  { value: 'en', label: 'EN' },
  { value: 'zh', label: '中文' },
] as const

/** Each language is named in itself, so that whoever needs it can read it. */
export function LanguageSwitch() {
  const { t } = useTranslation()
  const change = useChangeLanguage()
  return <Segmented label={t('settings.language')} value={useLanguage()} options={[...OPTIONS]} onChange={change} />
}
