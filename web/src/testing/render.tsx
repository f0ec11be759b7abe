import { QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { vi } from 'vitest'
import { TipProvider } from '~/components/tip'
import { createQueryClient } from '~/lib/query-client'

/** Renders a component as it stands in the application, with a person who clicks and types. */
export function show(element: ReactNode) {
  const around = (inner: ReactNode) => (
    <QueryClientProvider client={createQueryClient()}>
      <TipProvider>
        <div>{inner}</div>
      </TipProvider>
    </QueryClientProvider>
  )
  const person = userEvent.setup()
  const { rerender, ...rest } = render(around(element))
  return { person, again: (next: ReactNode) => rerender(around(next)), ...rest }
}

/** Answers of the server by method and path; what a component asks beyond that fails the test. Returns the requests made. */
export function answerWith(answers: Record<string, { status?: number; body: unknown }>) {
  const asked: { request: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const request = `${init.method ?? 'GET'} ${path}`
    asked.push({ request, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined })
    const answer = answers[request]
    if (!answer) throw new Error(`nobody told the test what to answer to ${request}`)
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 })
  })
  return asked
}
