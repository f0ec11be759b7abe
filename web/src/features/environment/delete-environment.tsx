import { useTranslation } from 'react-i18next'
import { Confirm } from '~/components/confirm'

interface DeleteEnvironmentProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  lab: string
  onConfirm: () => void
}

export function DeleteEnvironment({ open, onOpenChange, lab, onConfirm }: DeleteEnvironmentProps) {
  const { t } = useTranslation()
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={t('environment.list.deleteTitle')}
      text={t('environment.list.deleteText', { lab })}
      action={t('environment.list.delete')}
      variant="danger"
      onConfirm={onConfirm}
    />
  )
}
