/**
 * Keeps ready environments that wait for a learner, of the shapes that labs want. A hand-over is a change of the row's owner; the
 * pool is filled again afterwards.
 */
import type { Catalogue, Lab } from '../catalogue/catalogue.js'
import { capabilitiesOf } from '../engines/choose.js'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import type { EnvironmentContext } from './context.js'
import type { Environments } from './environments.js'
import { shapeOf } from './shape.js'

/** One that failed is not tried again at once: the reason is seldom gone by then. */
const REST_AFTER_FAILURE_MS = 10 * 60_000

export interface PoolParts {
  context: Pick<EnvironmentContext, 'clock' | 'log' | 'settings' | 'engine'>
  environments: Environments
  catalogue: () => Catalogue
}

export class Pool {
  constructor(private readonly parts: PoolParts) {}

  /** Adds what is missing, removes what is no longer wanted. */
  async look(): Promise<void> {
    const { environments } = this.parts
    const pooled = (await environments.mine()).filter((record) => record.learner === null && record.wanted !== 'deleted')
    const size = await this.#size()
    const shapes = size === 0 ? new Map<string, Lab[]>() : await this.#shapes()
    for (const record of pooled) if (!shapes.has(record.shape) || this.#hasRested(record)) await environments.remove(record)
    for (const [shape, labs] of shapes) {
      const have = pooled.filter((record) => record.shape === shape && !this.#hasRested(record)).length
      for (let missing = size - have; missing > 0; missing--) await this.#add(shape, labs)
    }
  }

  /** The setting, else what the engine thinks worth its cost. */
  async #size(): Promise<number> {
    const { settings, engine } = this.parts.context
    return settings.poolSize >= 0 ? settings.poolSize : ((await capabilitiesOf(engine)).poolSize ?? 0)
  }

  #hasRested({ state, phaseSinceMs }: EnvironmentRecord): boolean {
    const spent = state.phase === 'failed' || state.phase === 'broken'
    return spent && this.parts.context.clock.now() >= phaseSinceMs + REST_AFTER_FAILURE_MS
  }

  /** The wanted shapes with the labs that share each: those of `poolShapes`, else the one that most labs want. */
  async #shapes(): Promise<Map<string, Lab[]>> {
    const { context, environments, catalogue } = this.parts
    const byShape = new Map<string, Lab[]>()
    for (const lab of catalogue().chapters.flatMap((chapter) => chapter.labs)) {
      const spec = await environments.specFor(lab).catch(() => null)
      if (spec) byShape.set(shapeOf(spec.clusters), [...(byShape.get(shapeOf(spec.clusters)) ?? []), lab])
    }
    const { poolShapes } = context.settings
    const entries = [...byShape]
    if (poolShapes.length > 0)
      return new Map(entries.filter(([, labs]) => labs.some((lab) => poolShapes.includes(lab.manifest.id))))
    return new Map(entries.sort(([, a], [, b]) => b.length - a.length).slice(0, 1))
  }

  /** With every image that a lab of this shape pulls, so that a hand-over has nothing to load. */
  async #add(shape: string, labs: Lab[]): Promise<void> {
    const { context, environments } = this.parts
    const [first] = labs
    if (!first) return
    const images = [...new Set(labs.flatMap((lab) => lab.manifest.images))].sort()
    const spec = { ...(await environments.specFor(first)), images }
    await environments.rows.add(environments.newRecord({ learner: null, lab: '', spec, shape }))
    context.log.info({ environment: spec.id, shape }, 'environment added to the pool')
    environments.admit()
  }
}
