import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { buttonClass } from '~/components/button'
import { Empty } from '~/components/empty'
import { useDocumentTitle } from '~/components/page'

export function NotFoundPage() {
  const { t } = useTranslation()
  useDocumentTitle(t('common.notFound.title'))
  return (
    <div className="pt-[12vh]">
      <Empty
        icon={<Compass />}
        title={t('common.notFound.title')}
        text={t('common.notFound.text')}
        action={
          <Link to="/" className={buttonClass({ variant: 'primary' })}>
            {t('common.notFound.action')}
          </Link>
        }
      />
    </div>
  )
}
