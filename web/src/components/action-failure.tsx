import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog'
import { FailureNote } from './failure-note'

/** Why a button did nothing, in a window of its own: there is no room beside the button. */
export function ActionFailure({ error, onClose }: { error: unknown; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog open={Boolean(error)} onOpenChange={onClose} title={t('common.actionFailed')}>
      <div className="mt-4">{error ? <FailureNote error={error} /> : null}</div>
    </Dialog>
  )
}
