import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '~/components/confirm'
import { FailureNote } from '~/components/failure-note'
import { api, isRefusal } from '~/lib/api'

interface SandboxDialogProps {
  /** Why the start was refused. */
  error: unknown
  /** The owner has agreed: what was refused may be asked for again. */
  onAgreed: () => void
}

/** Where this computer has no sandbox: says what that means, and asks the owner once. */
export function SandboxDialog({ error, onAgreed }: SandboxDialogProps) {
  const { t } = useTranslation()
  const [declined, setDeclined] = useState<unknown>(null)
  const agree = useMutation({ mutationFn: () => api.post('/api/sandbox/consent'), onSuccess: onAgreed })
  const asks = isRefusal(error, 'SANDBOX_UNCONFIRMED') && declined !== error
  return (
    <>
      <Confirm
        open={asks}
        onOpenChange={(open) => open || setDeclined(error)}
        title={t('environment.sandbox.title')}
        text={t('environment.sandbox.text')}
        action={t('environment.sandbox.agree')}
        variant="danger"
        onConfirm={() => agree.mutate()}
      />
      {agree.error ? <FailureNote error={agree.error} /> : null}
    </>
  )
}
