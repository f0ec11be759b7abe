/** How the home on `base` is called where this server's shells run; texts of labs say `/home/candidate`. */
import { createContext, useContext } from 'react'

const WRITTEN = '/home/candidate'

export const HomeContext = createContext(WRITTEN)

/** Says a text of a lab as it is true here. */
export function useTrueHome(): (text: string) => string {
  const home = useContext(HomeContext)
  return (text) => (home === WRITTEN ? text : text.replaceAll(WRITTEN, () => home))
}
