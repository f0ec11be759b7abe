/** Proves tasks on an engine: one environment for all that want the same shape of cluster, reused by setting each task up anew. */
import { type EnvironmentId, environmentId, type Message } from '@wheelhouse/protocol'
import type { Lab, Task } from '../../catalogue/catalogue.js'
import type { Engine, StepEvent } from '../../engines/engine.js'
import { clustersOf, shapeOf, unsupportedBy } from '../../environments/shape.js'
import { newId } from '../../store/ids.js'
import type { Grader } from '../grader.js'
import { proveTask, type SceneResult } from './prove-task.js'
import { runSideBySide } from './schedule.js'

export interface ProofOptions {
  engine: Engine
  grader: Grader
  tasks: { lab: Lab; task: Task }[]
  /** Tasks of one environment that are proved side by side. */
  atOnce: number
  /** Go on after a lie. */
  keepGoing: boolean
  signal: AbortSignal
  /** Whether another task may still begin; those that may not are told of as `left`. */
  timeLeft?: () => boolean
  tell: (event: ProofEvent) => void
}

export type ProofEvent =
  | { type: 'unsupported'; lab: string; why: Message }
  | { type: 'environment'; shape: string; tasks: number }
  | { type: 'step'; event: StepEvent }
  | { type: 'ready'; shape: string; tookMs: number }
  | { type: 'scene'; result: SceneResult }
  | { type: 'left'; task: string }

type ProofEntry = ProofOptions['tasks'][number]

/** @returns every scene that was played; the proof holds where none has a lie */
export async function prove(options: ProofOptions): Promise<SceneResult[]> {
  const { engine, tell } = options
  const capabilities = await engine.capabilities()
  const results: SceneResult[] = []
  const groups = new Map<string, ProofEntry[]>()
  for (const entry of options.tasks) {
    const why = unsupportedBy(entry.lab.manifest, { name: engine.name, capabilities })
    if (why) tell({ type: 'unsupported', lab: `${entry.lab.manifest.id}/${entry.task.manifest.id}`, why })
    else add(groups, shapeOf(clustersOf(entry.lab.manifest, capabilities)), entry)
  }
  for (const [shape, entries] of groups) {
    if (options.signal.aborted || (!options.keepGoing && results.some(({ lies }) => lies.length > 0))) break
    if (options.timeLeft?.() ?? true) results.push(...(await proveGroup(shape, entries, options)))
    else tellLeft(entries, tell)
  }
  return results
}

function tellLeft(entries: readonly ProofEntry[], tell: ProofOptions['tell']): void {
  for (const { lab, task } of entries) tell({ type: 'left', task: `${lab.manifest.id}/${task.manifest.id}` })
}

function add<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}

async function proveGroup(shape: string, entries: ProofEntry[], options: ProofOptions): Promise<SceneResult[]> {
  const { engine, grader, tell } = options
  const id = environmentId(newId())
  tell({ type: 'environment', shape, tasks: entries.length })
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const results: SceneResult[] = []
  try {
    const startedAt = performance.now()
    const environment = await provision(id, entries, options)
    tell({ type: 'ready', shape, tookMs: performance.now() - startedAt })
    const onScene = (result: SceneResult) => {
      results.push(result)
      tell({ type: 'scene', result })
      if (result.lies.length > 0 && !options.keepGoing) stop.abort(new Error('a lie was found'))
    }
    const parts = { environment, cluster: 'main', grader, signal, onScene }
    const tasks = entries.map(({ lab, task }) => ({
      lab: lab.manifest.id,
      task,
      alone: (task.manifest.disruptive ?? false) || lab.manifest.needs === 'nodes',
    }))
    const left = await runSideBySide(tasks, {
      atOnce: options.atOnce,
      signal,
      ...(options.timeLeft && { timeLeft: options.timeLeft }),
      work: (task) => proveTask(task, parts),
    })
    if (!signal.aborted) for (const { lab, task } of left) tell({ type: 'left', task: `${lab}/${task.manifest.id}` })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await engine.destroy(id)
  }
  return results
}

async function provision(id: EnvironmentId, entries: ProofEntry[], { engine, signal, tell }: ProofOptions) {
  const capabilities = await engine.capabilities()
  const [first] = entries
  if (!first) throw new Error('no tasks')
  const images = [...new Set(entries.flatMap(({ lab }) => lab.manifest.images))]
  const spec = { id, clusters: clustersOf(first.lab.manifest, capabilities), images }
  return engine.provision(spec, { signal, onStep: (event) => tell({ type: 'step', event }) })
}
