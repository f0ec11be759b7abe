import { useTranslation } from 'react-i18next'
import { Tip } from '~/components/tip'
import { useSay } from '~/lib/i18n'
import { useSession } from './session'

/** Which engine gives clusters, and whether it can now; where not, what to do about it. */
export function EngineChip() {
  const { t } = useTranslation()
  const say = useSay()
  const engine = useSession()?.engine
  if (!engine) return null
  const state = engine.available ? t('common.engine.available') : t('common.engine.unavailable')
  const tip = `${t('common.engine.label', { name: engine.name })}, ${state}${engine.remedy ? `. ${say(engine.remedy)}` : ''}`
  return (
    <Tip text={tip}>
      <span
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the tip holds the remedy, which the keyboard must reach too
        tabIndex={0}
        className="hidden h-7 items-center gap-1.5 rounded-full border border-line px-2.5 text-sm text-muted md:inline-flex"
      >
        <span className={`size-1.5 rounded-full ${engine.available ? 'bg-passed' : 'bg-failed'}`} />
        {engine.name}
        <span className="sr-only">, {state}</span>
      </span>
    </Tip>
  )
}
