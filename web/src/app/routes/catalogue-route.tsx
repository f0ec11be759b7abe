import { useNavigate, useSearch } from '@tanstack/react-router'
import { NO_FILTER } from '~/features/catalogue/catalogue'
import { CataloguePage } from '~/features/catalogue/catalogue-page'

/** The filter is in the address, so that a reload, the back button and a link keep it. */
export function CatalogueRoute() {
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  return (
    <CataloguePage
      filter={{ ...NO_FILTER, ...search }}
      onFilter={({ text, domain, progress }) =>
        void navigate({
          replace: true,
          search: {
            ...(text ? { text } : {}),
            ...(domain === 'any' ? {} : { domain }),
            ...(progress === 'any' ? {} : { progress }),
          },
        })
      }
    />
  )
}
