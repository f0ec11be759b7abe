import { AlertDialog } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { Button, type ButtonVariant } from './button'

interface ConfirmProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  text: string
  action: string
  /** What the other button says; "Cancel" where absent. */
  refusal?: string
  variant?: ButtonVariant
  /** Stay after a yes, because what is shown next takes this one's place. */
  staysAfterYes?: boolean
  onConfirm: () => void
}

/** Asks before something that cannot be taken back. The refusal has the keyboard first. */
export function Confirm(props: ConfirmProps) {
  const { open, onOpenChange, title, text, action, refusal, variant = 'primary', staysAfterYes = false, onConfirm } = props
  const { t } = useTranslation()
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="animate-fade fixed inset-0 z-40 bg-overlay" />
        <AlertDialog.Content className="animate-rise fixed inset-x-0 top-[22vh] z-50 mx-auto w-[calc(100%-2rem)] max-w-md rounded-xl bg-raised p-5 shadow-high focus:outline-none">
          <AlertDialog.Title className="text-lg font-semibold text-ink">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-base text-muted">{text}</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{refusal ?? t('common.cancel')}</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button
                variant={variant}
                onClick={(event) => {
                  if (staysAfterYes) event.preventDefault()
                  onConfirm()
                }}
              >
                {action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
