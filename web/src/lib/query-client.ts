import { QueryClient } from '@tanstack/react-query'
import { failureOf } from './api'

/** Asks again where no answer came, and never where the server refused: that has a reason, which the page shows. */
export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => failureOf(error).kind === 'offline' && count < 2,
        retryDelay: (attempt) => 400 * 2 ** attempt,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
