import { useQuery } from '@tanstack/react-query'
import { catalogueQuery, titleIn } from '~/features/catalogue/catalogue'
import { EnvironmentsPage } from '~/features/environment/environments-page'
import { useLanguage } from '~/lib/settings'

export function EnvironmentsRoute() {
  const language = useLanguage()
  return <EnvironmentsPage titleOf={titleIn(useQuery(catalogueQuery).data, language)} />
}
