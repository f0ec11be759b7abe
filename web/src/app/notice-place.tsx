import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { catalogueQuery, titleIn } from '~/features/catalogue/catalogue'
import { environmentsQuery } from '~/features/environment/environment'
import { useLanguage } from '~/lib/settings'

/** Which environment a notice is about: its lab, or the copy of it, and the way there. */
export function NoticePlace({ environment: id }: { environment: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const environment = useQuery(environmentsQuery).data?.environments.find((one) => one.id === id)
  const title = titleIn(useQuery(catalogueQuery).data, language)
  if (!environment) return null
  const look = 'text-accent hover:underline'
  return environment.fork ? (
    <Link to="/environments/$environment" params={{ environment: id }} className={look}>
      {t('environment.fork.title', { lab: title(environment.lab) })}
    </Link>
  ) : (
    <Link to="/labs/$lab" params={{ lab: environment.lab }} className={look}>
      {title(environment.lab)}
    </Link>
  )
}
