import { useEffect, useState } from 'react'
import { createStore } from './store'

/** How far the server's clock is ahead of this one, in milliseconds: deadlines are the server's. */
const aheadMs = createStore(0)

export const learnServerTime = (serverTimeMs: number) => aheadMs.set(serverTimeMs - Date.now())
export const serverNow = () => Date.now() + aheadMs.get()

/** The server's time, told anew every `everyMs` while the page is visible. `null` stops it. */
export function useServerNow(everyMs: number | null = 1000): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    if (everyMs === null) return
    setNow(serverNow())
    const timer = setInterval(() => setNow(serverNow()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
