import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createAppRouter, fetchOtherPages } from '~/app/router'
import { TipProvider } from '~/components/tip'
import { startTranslations } from '~/lib/i18n'
import { createQueryClient } from '~/lib/query-client'
import { followSettings } from '~/lib/settings'
import '~/styles/index.css'

followSettings()
await startTranslations()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root"')

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <TipProvider>
        <RouterProvider router={createAppRouter()} />
      </TipProvider>
    </QueryClientProvider>
  </StrictMode>,
)

if ('requestIdleCallback' in window) requestIdleCallback(fetchOtherPages)
else setTimeout(fetchOtherPages, 2_000)
