/**
 * Holds two proofs of the same tasks against each other, as from two engines. The graders are the same, so where their verdicts
 * differ, one of the clusters behaves otherwise than the other.
 */
import type { CheckResult } from '@wheelhouse/protocol'
import { whyNot } from '../report/text.js'
import type { SceneResult } from './prove-task.js'

export interface Comparison {
  /** Scenes that both proofs have. */
  scenes: number
  /** Of these, the ones with another verdict, as sentences. */
  differences: string[]
  /** The same verdict for a reason that is told in other words; what differs from cluster to cluster is left out of it. */
  words: string[]
  /** Tasks whose text, checks or scripts have changed in between. */
  changed: string[]
  /** Of tasks that both have, the scenes of the one or the other alone. */
  onlyHere: string[]
  onlyThere: string[]
}

export interface NamedProof {
  /** As it is called in sentences: the engine's name. */
  name: string
  scenes: readonly SceneResult[]
}

export function compareProofs(here: NamedProof, there: NamedProof): Comparison {
  const others = new Map(there.scenes.map((scene) => [nameOf(scene), scene]))
  const pairs = here.scenes.flatMap((scene) => {
    const other = others.get(nameOf(scene))
    return other ? [[scene, other] as const] : []
  })
  const told = pairs.map(([scene, other]) => compareScene([scene, here.name], [other, there.name]))
  const changed = pairs.filter(([scene, other]) => scene.contentVersion !== other.contentVersion)
  return {
    scenes: pairs.length,
    differences: told.flatMap(({ differences }) => differences),
    words: told.flatMap(({ words }) => words),
    changed: [...new Set(changed.map(([scene]) => taskOf(scene)))],
    onlyHere: beyond(here.scenes, there.scenes),
    onlyThere: beyond(there.scenes, here.scenes),
  }
}

const taskOf = ({ lab, task }: SceneResult) => `${lab}/${task}`
const nameOf = (scene: SceneResult) => `${taskOf(scene)} ${scene.scene}`

/** Whoever proves a single lab wants no list of all the others. */
function beyond(scenes: readonly SceneResult[], others: readonly SceneResult[]): string[] {
  const tasks = new Set(others.map(taskOf))
  const names = new Set(others.map(nameOf))
  return scenes.filter((scene) => tasks.has(taskOf(scene)) && !names.has(nameOf(scene))).map(nameOf)
}

type Side = readonly [scene: SceneResult, proof: string]

function compareScene([scene, here]: Side, [other, there]: Side): Pick<Comparison, 'differences' | 'words'> {
  const name = nameOf(scene)
  const ids = new Set([...scene.checks, ...other.checks].map(({ check }) => check))
  const pairs = [...ids].map((id) => ({ id, own: checkOf(scene, id), their: checkOf(other, id) }))
  const status = (result: CheckResult | undefined) => result?.status ?? 'not graded'
  const apart = pairs.filter(({ own, their }) => status(own) !== status(their))
  const differences = apart.map(({ id, own, their }) => {
    const why = [own, their].flatMap((result) => (result && result.status !== 'passed' ? [`\n    ${whyNot(result, 'en')}`] : []))
    return `${name}: "${id}" is ${status(own)} on ${here}, ${status(their)} on ${there}${why.join('')}`
  })
  const words = pairs
    .filter(({ own, their }) => own && their && own.status === their.status && reason(own) !== reason(their))
    .map(({ id, own, their }) => {
      const said = (result: CheckResult | undefined) => (result ? inOneLine(reason(result)) : '')
      return `${name}: "${id}"\n    ${here}: ${said(own)}\n    ${there}: ${said(their)}`
    })
  return { differences, words }
}

const checkOf = ({ checks }: SceneResult, id: string) => checks.find(({ check }) => check === id)

/** Names that a cluster draws, addresses, times and ages: no two clusters have them in common. */
const DRAWN: [RegExp, string][] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, 'TIME'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, 'ADDRESS'],
  [/-[bcdf-hj-np-tv-z2-9]{6,10}(?:-[bcdf-hj-np-tv-z2-9]{5})?\b/g, '-DRAWN'],
  [/-[bcdf-hj-np-tv-z2-9]{5}\b/g, '-DRAWN'],
  [/\bpod-template-hash=\w+/g, 'pod-template-hash=DRAWN'],
  [/\b(?:\d+m)?\d+s\b/g, 'AGE'],
  // A name that is cut off.
  [/-\w*…/g, '…'],
]

function reason(result: CheckResult): string {
  if (result.status === 'passed') return ''
  return DRAWN.reduce((text, [pattern, word]) => text.replace(pattern, word), whyNot(result, 'en'))
}

/** Longer than most; whole pages are in the files. */
const LONGEST_CHARS = 300

function inOneLine(text: string): string {
  const line = text.replaceAll('\n', ' ')
  return line.length > LONGEST_CHARS ? `${line.slice(0, LONGEST_CHARS)}…` : line
}

/** As lines for a terminal. */
export function comparisonText(comparison: Comparison, { name, file }: { name: string; file: string }): string {
  const { scenes, differences, words, changed, onlyHere, onlyThere } = comparison
  const count = differences.length === 0 ? 'the same verdict in each' : `${differences.length} checks with another verdict`
  const list = (what: string, names: readonly string[]) => (names.length > 0 ? [`${what}: ${names.join(', ')}`] : [])
  return [
    `Compared with ${name} (${file}): ${scenes} scenes, ${count}`,
    ...differences.map((line) => `≠ ${line}`),
    ...words.map((line) => `~ ${line}`),
    ...list('Changed since then', changed),
    ...list('Only here', onlyHere),
    ...list('Only there', onlyThere),
  ].join('\n')
}
