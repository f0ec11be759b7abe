/** Which engine a configuration means, and how a page hears of it. */
import { type EngineView, LabError, message } from '@wheelhouse/protocol'
import type { Config } from '../config/schema.js'
import type { Engine, EngineCapabilities, EngineStatus } from './engine.js'

/** Makes an engine; nothing is started before it is asked for. */
export type EngineMaker = () => Promise<Engine>

/**
 * The engine that the configuration names. `auto` takes the first of `order` that answers, else the first of all: it then says why
 * it does not answer, and the pages open all the same.
 *
 * @throws LabError `CONFIG_INVALID` where this version has no such engine
 */
export async function chooseEngine(
  { engine }: Pick<Config, 'engine'>,
  makers: Readonly<Record<string, EngineMaker>>,
  order: readonly string[],
): Promise<Engine> {
  if (engine.name !== 'auto') return make(engine.name, makers)
  const candidates = order.filter((name) => Object.hasOwn(makers, name))
  let first: Engine | undefined
  for (const name of candidates) {
    const candidate = await make(name, makers)
    if ((await candidate.status()).available) {
      await first?.close()
      return candidate
    }
    if (first) await candidate.close()
    else first = candidate
  }
  if (!first) throw noSuchEngine('auto', makers)
  return first
}

async function make(name: string, makers: Readonly<Record<string, EngineMaker>>): Promise<Engine> {
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined
  if (!maker) throw noSuchEngine(name, makers)
  return maker()
}

function noSuchEngine(name: string, makers: object): LabError {
  return new LabError('CONFIG_INVALID', {
    problems: `- engine.name: there is no engine "${name}" here; there is ${Object.keys(makers).join(', ')}`,
  })
}

export async function engineView(engine: Engine): Promise<EngineView> {
  const { offers, checkpoints, noSandbox } = await capabilitiesOf(engine)
  const status = await statusOf(engine)
  // In no sandbox nothing can be put in the place of this computer's own /home.
  const home = noSandbox === undefined ? '/home/candidate' : '$HOME'
  const view = { name: engine.name, offers, checkpoints, home }
  return status.available ? { ...view, available: true } : { ...view, available: false, remedy: status.remedy }
}

/** An engine that cannot even say how it is does not answer. */
export async function statusOf(engine: Engine): Promise<EngineStatus> {
  try {
    return await engine.status()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { available: false, why, remedy: message('error.ENGINE_UNAVAILABLE', { engine: engine.name, why }) }
  }
}

/** Declared, so they hardly change; but they are asked for on every page. */
const kept = new WeakMap<Engine, Promise<EngineCapabilities>>()
export function capabilitiesOf(engine: Engine): Promise<EngineCapabilities> {
  const known = kept.get(engine) ?? engine.capabilities()
  kept.set(engine, known)
  known.catch(() => kept.delete(engine))
  return known
}
