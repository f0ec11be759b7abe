import { Bug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { Empty } from '~/components/empty'
import { Output } from '~/components/output'

/** A mistake of ours in a page. The rest of the house still stands: the error goes no further than this. */
export function CrashPage({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return (
    <div className="mx-auto max-w-2xl px-5 pt-[10vh] pb-16">
      <Empty
        icon={<Bug />}
        title={t('common.crash.title')}
        text={t('common.crash.text')}
        action={
          <Button variant="primary" onClick={() => location.reload()}>
            {t('common.reload')}
          </Button>
        }
      />
      <details className="text-sm text-muted">
        <summary>{t('common.crash.details')}</summary>
        <Output label={t('common.crash.details')} text={detail} className="mt-2 max-h-64 rounded-lg bg-code p-3" />
      </details>
    </div>
  )
}
