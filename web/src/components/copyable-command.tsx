import { Check, Copy } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useCopied } from '~/lib/use-copied'
import { IconButton } from './icon-button'

/** A command to be run elsewhere, with a button that copies it. */
export function CopyableCommand({ command }: { command: string }) {
  const { t } = useTranslation()
  const { copied, copy } = useCopied()
  return (
    <div className="flex items-center gap-1 rounded-lg border border-line bg-code py-0.5 pr-0.5 pl-3">
      <code className="min-w-0 flex-1 overflow-x-auto py-1 font-mono text-sm whitespace-pre">{command}</code>
      <IconButton className="size-7" label={copied ? t('common.copied') : t('common.copy')} onClick={() => copy(command)}>
        {copied ? <Check className="text-passed" /> : <Copy />}
      </IconButton>
    </div>
  )
}
