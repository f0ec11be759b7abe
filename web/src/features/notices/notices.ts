import type { ServerEvent } from '@wheelhouse/protocol'
import { useEffect } from 'react'
import { createStore, useStore } from '~/lib/store'

export type Notice = Extract<ServerEvent, { type: 'notice' }>

const store = createStore<readonly Notice[]>([])
/** What the page itself says in a better place: no corner has to say it again. */
const saidHere = createStore<readonly string[]>([])

export function useNotices(): readonly Notice[] {
  const said = useStore(saidHere)
  return useStore(store).filter((notice) => !said.includes(placeOf(notice.environment, notice.text.key)))
}

/** A notice with the same id takes the place of the earlier one. */
export const addNotice = (notice: Notice) => store.set([...store.get().filter(({ id }) => id !== notice.id), notice])
/** It was read, or what it said no longer holds. */
export const dismissNotice = (id: string) => store.set(store.get().filter((notice) => notice.id !== id))
/** The server is about to say what holds now. */
export const forgetNotices = () => store.set([])

/** While the component is there, the notice of that text about that environment, or about none, is its own to show; null: none is. */
export function useSaysNotice(environment: string | undefined, key: string | null): void {
  useEffect(() => {
    if (key === null) return
    const place = placeOf(environment, key)
    saidHere.set([...saidHere.get(), place])
    return () => saidHere.set(saidHere.get().filter((other) => other !== place))
  }, [environment, key])
}

/** Whether it is announced, wherever it is shown. */
export const useIsAnnounced = (environment: string, key: string): boolean =>
  useStore(store).some((notice) => placeOf(notice.environment, notice.text.key) === placeOf(environment, key))

const placeOf = (environment: string | undefined, key: string) => `${environment}/${key}`
