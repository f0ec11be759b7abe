import { useQuery } from '@tanstack/react-query'
import { catalogueQuery } from '~/features/catalogue/catalogue'
import { EnvironmentsPage } from '~/features/environment/environments-page'
import { useLanguage } from '~/lib/settings'

export function EnvironmentsRoute() {
  const language = useLanguage()
  const chapters = useQuery(catalogueQuery).data?.chapters ?? []
  const titleOf = (lab: string) =>
    chapters.flatMap((chapter) => chapter.labs).find((card) => card.id === lab)?.title[language] ?? lab
  return <EnvironmentsPage titleOf={titleOf} />
}
