/** What the tests of the simulated engine share: an engine on a folder of its own, and one environment with words to work in it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { CommandResult } from '../../hosts/execution-host.js'
import { whichOn } from '../../hosts/local-files.js'
import { ThisComputer } from '../../hosts/this-computer.js'
import type { EngineUnderTest } from '../contract.js'
import type { Environment } from '../engine.js'
import { freshId, specOf } from '../testing/specs.js'
import { findSandbox } from './find-sandbox.js'
import type { HolderKind } from './sandbox-holder.js'
import { SimulatedEngine, type SimulatedEngineOptions } from './simulated-engine.js'

export const kubectl = await whichOn(process.env.PATH ?? '', 'kubectl')
if (!kubectl) console.error('simulated engine: tests with kubectl NOT RUN, it is not on the PATH')

/** Why there is no sandbox by that program here, or null; said where the tests are not run. */
export async function missingHere(holder: HolderKind): Promise<string | null> {
  const found = await findSandbox(new ThisComputer(tmpdir()), [holder])
  if (!('missing' in found)) return null
  console.error(`simulated engine: NOT RUN with ${holder}: ${found.missing}`)
  return found.missing
}

const LONGEST_MS = 60_000

export interface SimulatedUnderTest extends EngineUnderTest {
  engine: SimulatedEngine
  directory: string
}

export async function makeTestEngine(change: Partial<SimulatedEngineOptions> = {}): Promise<SimulatedUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'wheelhouse-simulated-'))
  const options: SimulatedEngineOptions = {
    host: new ThisComputer(directory),
    directory,
    kubectl: async () => kubectl ?? '/bin/true',
    hidden: [],
    ...change,
  }
  return {
    directory,
    engine: new SimulatedEngine(options),
    again: async () => new SimulatedEngine(options),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

/** One environment for the tests of a `describe`. Its fields are there once the tests run; a test may put others in their place. */
export class SharedEnvironment {
  readonly id = freshId()
  under!: SimulatedUnderTest
  environment!: Environment

  constructor(change: Partial<SimulatedEngineOptions> = {}) {
    beforeAll(async () => {
      this.under = await makeTestEngine(change)
      this.environment = await this.under.engine.provision(specOf(this.id, { workers: 1 }))
      await this.under.engine.settled()
    }, LONGEST_MS)
    afterAll(async () => {
      await this.under.engine.destroy(this.id)
      await this.under.engine.close()
      await this.under.remove()
    }, LONGEST_MS)
  }

  /** What a server that is started anew does. */
  async restart(): Promise<void> {
    await this.under.engine.close()
    this.under.engine = (await this.under.again()) as SimulatedEngine
    this.environment = await this.under.engine.open(this.id)
  }

  readonly sh = (script: string, stdin?: string): Promise<CommandResult> =>
    this.environment.run({
      machine: 'base',
      user: 'candidate',
      argv: ['bash', '-c', script],
      timeoutMs: 30_000,
      ...(stdin === undefined ? {} : { stdin }),
    })
}
