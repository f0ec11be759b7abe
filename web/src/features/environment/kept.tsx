import type { EnvironmentView } from '@wheelhouse/protocol'
import { useTranslation } from 'react-i18next'
import { formatMoment } from '~/lib/format'
import { useLanguage } from '~/lib/settings'

/** Until when an environment is there. */
export function Kept({ environment: { expiresAtMs, keptDays } }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const text =
    expiresAtMs !== null
      ? t('environment.chip.expires', { when: formatMoment(language, expiresAtMs) })
      : keptDays > 0
        ? t('environment.chip.afterStop', { count: keptDays })
        : t('environment.chip.never')
  return <p className="mt-0.5 text-xs text-faint">{text}</p>
}
