import { Bookmark } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { Spinner } from '~/components/spinner'

const LONGEST_NAME = 60

/** A name for the state as it is now, and the button that keeps it. */
export function KeepForm({ busy, onKeep }: { busy: boolean; onKeep: (name: string) => Promise<unknown> }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const keep = async () => {
    await onKeep(name.trim())
    setName('')
  }
  return (
    <form
      className="mt-4 flex flex-wrap gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        // What went wrong is shown by who asked.
        keep().catch(() => undefined)
      }}
    >
      <input
        value={name}
        onChange={(event) => setName(event.target.value)}
        maxLength={LONGEST_NAME}
        aria-label={t('checkpoints.name')}
        placeholder={t('checkpoints.name')}
        className="h-8 min-w-56 flex-1 rounded-md border border-line-strong bg-surface px-3 text-base text-ink placeholder:text-faint"
      />
      <Button type="submit" variant="primary" disabled={busy || name.trim() === ''}>
        {busy ? <Spinner /> : <Bookmark aria-hidden="true" />}
        {t('checkpoints.keep')}
      </Button>
    </form>
  )
}
