import type { ServerEvent } from '@wheelhouse/protocol'
import { createStore, useStore } from '~/lib/store'

export type Notice = Extract<ServerEvent, { type: 'notice' }>

const store = createStore<readonly Notice[]>([])
export const useNotices = () => useStore(store)

/** A notice with the same id takes the place of the earlier one. */
export const addNotice = (notice: Notice) => store.set([...store.get().filter(({ id }) => id !== notice.id), notice])
export const dismissNotice = (id: string) => store.set(store.get().filter((notice) => notice.id !== id))
