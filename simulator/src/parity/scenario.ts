/** Parity: the same kubectl commands against the simulated cluster and a real one, compared after what must differ is made equal. */

export type Step =
  | { type: 'file'; name: string; content: string }
  /** Compared: standard output, standard error and exit code. */
  | { type: 'compare'; command: string; differs?: string }
  /** Run until it succeeds and, where `shows` is given, prints it; not compared. */
  | { type: 'until'; command: string; shows?: string }

export interface Scenario {
  name: string
  steps: Step[]
}

/** A file beside the commands. */
export const file = (name: string, content: string): Step => ({ type: 'file', name, content: content.trimStart() })
/** One compared command, without the word kubectl. @param differs why it is known to differ: counted and listed, not hidden */
export const kubectl = (command: string, differs?: string): Step => ({
  type: 'compare',
  command,
  ...(differs ? { differs } : {}),
})
/** Waits for the cluster. */
export const until = (command: string, shows?: string): Step => ({ type: 'until', command, ...(shows ? { shows } : {}) })

export const scenario = (name: string, ...steps: Step[]): Scenario => ({ name, steps })
