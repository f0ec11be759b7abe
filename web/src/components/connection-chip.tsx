import { useTranslation } from 'react-i18next'
import { useConnection } from '~/lib/connection'
import { Spinner } from './spinner'
import { Tip } from './tip'

/** Says so, quietly, while the server cannot be heard. */
export function ConnectionChip() {
  const { t } = useTranslation()
  const lost = useConnection().status === 'lost'
  return (
    <span role="status">
      {lost ? (
        <Tip text={t('common.connection.lostHint')}>
          <span className="animate-fade inline-flex h-7 items-center gap-1.5 rounded-full border border-not-yet-line bg-not-yet-soft px-2.5 text-sm text-not-yet">
            <Spinner className="size-3.5" />
            {t('common.connection.lost')}
          </span>
        </Tip>
      ) : null}
    </span>
  )
}
