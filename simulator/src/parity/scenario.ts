/** Parity: the same kubectl commands against the simulated cluster and a real one, compared after what must differ is made equal. */

export type Step =
  | { type: 'file'; name: string; content: string }
  /** Compared: standard output, standard error and exit code. */
  | { type: 'compare'; command: string; differs?: string; without?: 'status' }
  /** Run until it succeeds (or is refused) and, where `shows` is given, prints it; not compared. */
  | { type: 'until'; command: string; shows?: string; refused?: true }

export interface Scenario {
  name: string
  steps: Step[]
  /** Played when nothing else is: it changes what others see, such as a node. */
  alone?: true
}

export interface CompareOptions {
  /**
   * Why it is known to differ: counted, not hidden. It begins with the row of docs/simulator-differences.md that tells of it, as in
   * `kubelet: files have no owners`; a test holds the two together.
   */
  differs?: string
  /** Leaves the `status` of a YAML answer out: controllers write it at a time of their own. */
  without?: 'status'
}

/** A file beside the commands. In it and in commands `{{ns}}` is the namespace of the scenario: a name that nobody else has. */
export const file = (name: string, content: string): Step => ({ type: 'file', name, content: content.trimStart() })
/**
 * One compared command, without the word kubectl. It runs in the scenario's namespace unless it names another with `-n` or `-A`.
 * Quotes are read at the start of a word, as in `'--patch={"spec": {}}'`. `kubectl edit` has an editor that writes `after` for `before`.
 */
export const kubectl = (command: string, options: string | CompareOptions = {}): Step => ({
  type: 'compare',
  command,
  ...(typeof options === 'string' ? { differs: options } : options),
})
/** Waits for the cluster. */
export const until = (command: string, shows?: string): Step => ({ type: 'until', command, ...(shows ? { shows } : {}) })

/** Waits until a command that changes nothing is refused: a policy needs a moment on a real cluster. */
export const untilRefused = (command: string, shows: string): Step => ({ type: 'until', command, shows, refused: true })

export const scenario = (name: string, ...steps: Step[]): Scenario => ({ name, steps })
export const scenarioAlone = (name: string, ...steps: Step[]): Scenario => ({ name, steps, alone: true })

/** Steps that list what is served. */
export const METRICS = 'load: metrics.k8s.io is served without a metrics server'
