/** Which kubectl commands the scenarios play on which kinds: read from the scenarios themselves, so that no run is needed. */
import { builtIns } from '../kinds/resource.js'
import { wordsOf } from './play.js'
import type { Scenario } from './scenario.js'

/** The commands of every kind, with the verb of the API that a kind must have for it. */
const COLUMNS: Record<string, string> = {
  create: 'create',
  get: 'list',
  describe: 'list',
  explain: 'create',
  apply: 'patch',
  label: 'patch',
  annotate: 'patch',
  patch: 'patch',
  edit: 'patch',
  replace: 'update',
  delete: 'delete',
}
/** Commands of certain kinds or of none: each must be played somewhere. */
const COMMANDS =
  'api-resources api-versions apply auth autoscale certificate cluster-info config cordon create debug delete describe diff drain edit events exec explain expose get kustomize label logs patch replace rollout run scale set taint top uncordon version wait'.split(
    ' ',
  )

/** Cells that stay empty, as `Kind command`, with the reason. */
export const NOT_COVERED: Readonly<Record<string, string>> = {
  'ComponentStatus describe': 'a deprecated view without objects of its own; `get` shows it',
}

export interface Coverage {
  /** By kind, then by command: how often. */
  cells: Map<string, Map<string, number>>
  commands: Map<string, number>
  /** Empty cells without a reason, and reasons for what is not empty. */
  problems: string[]
}

/** Kinds by every name that kubectl knows them by. */
const kindsByName = new Map<string, string>(
  builtIns.flatMap(({ kind, resource, singular, shortNames }) =>
    [resource, singular, kind.toLowerCase(), ...shortNames].map((name) => [name, kind] as const),
  ),
)
const kinds = [...new Map(builtIns.map((resource) => [resource.kind, resource])).values()].filter(
  ({ group }) => group !== 'metrics.k8s.io',
)

const kindOf = (word: string): string | undefined => kindsByName.get(word.split(/[./]/)[0]?.toLowerCase() ?? '')

/** What a command touches: the kinds of its files, or the first word that names kinds. */
function touched(words: string[], files: ReadonlyMap<string, string>): string[] {
  const contents = words.flatMap((word) => files.get(word) ?? files.get(word.replace(/^(-f|--filename)=?/, '')) ?? [])
  if (contents.length > 0)
    return contents.flatMap((content) => [...content.matchAll(/^kind: (\w+)/gm)].map(([, kind]) => kind ?? ''))
  for (const word of words.slice(1)) {
    const found = word.split(',').flatMap((each) => kindOf(each) ?? [])
    if (found.length > 0) return found
  }
  return []
}

const isMissing = (cells: Coverage['cells'], kind: string, command: string): boolean => !cells.get(kind)?.get(command)

function byKind(empty: { kind: string; command: string }[]): string[] {
  const lines = new Map<string, string[]>()
  for (const { kind, command } of empty) lines.set(kind, [...(lines.get(kind) ?? []), command])
  return [...lines].map(([kind, commands]) => `${kind}: ${commands.join(', ')}`)
}

function problemsOf({ cells, commands }: Omit<Coverage, 'problems'>): string[] {
  const wanted = kinds.flatMap((resource) =>
    Object.entries(COLUMNS)
      .filter(([, verb]) => resource.verbs.includes(verb))
      .map(([command]) => ({ kind: resource.kind, command })),
  )
  const empty = wanted.filter(({ kind, command }) => isMissing(cells, kind, command))
  return [
    ...byKind(empty.filter(({ kind, command }) => !(`${kind} ${command}` in NOT_COVERED))),
    ...Object.keys(NOT_COVERED).flatMap((cell) => {
      const [kind = '', command = ''] = cell.split(' ')
      return isMissing(cells, kind, command) ? [] : [`${cell}: is played, take its reason out`]
    }),
    ...COMMANDS.filter((command) => !commands.get(command)).map((command) => `kubectl ${command}`),
  ]
}

export function coverageOf(scenarios: Scenario[]): Coverage {
  const cells = new Map<string, Map<string, number>>(kinds.map(({ kind }) => [kind, new Map()]))
  const commands = new Map<string, number>()
  for (const { steps } of scenarios) {
    const files = new Map(steps.flatMap((step) => (step.type === 'file' ? [[step.name, step.content] as const] : [])))
    for (const step of steps) {
      if (step.type !== 'compare') continue
      const words = wordsOf(step.command)
      const command = words.find((word) => !word.startsWith('-')) ?? ''
      commands.set(command, (commands.get(command) ?? 0) + 1)
      for (const kind of new Set(touched(words, files))) {
        const row = cells.get(kind)
        row?.set(command, (row.get(command) ?? 0) + 1)
      }
    }
  }
  return { cells, commands, problems: problemsOf({ cells, commands }) }
}

/** A row a kind, a column a command; `-` where the kind has no such verb, `.` where nothing is played for a listed reason. */
export function coverageTable({ cells, commands }: Coverage): string {
  const width = Math.max(...kinds.map(({ kind }) => kind.length))
  const names = Object.keys(COLUMNS)
  const line = (head: string, values: string[]) =>
    `${head.padEnd(width)} ${values.map((value, index) => value.padStart(names[index]?.length ?? 0)).join(' ')}`
  const rows = kinds.map(({ kind, verbs }) =>
    line(
      kind,
      Object.entries(COLUMNS).map(([name, verb]) => String(cells.get(kind)?.get(name) ?? (verbs.includes(verb) ? '.' : '-'))),
    ),
  )
  const counts = [...commands].sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, count]) => `${name} ${count}`)
  return [line('steps by kind', names), ...rows, `steps by command: ${counts.join(', ')}`].join('\n')
}
