/**
 * A server as a process of its own, to be killed: `node killable-server.js DATA_DIRECTORY [fake|kind]`.
 *
 * What it is doing it says on standard output, one word and its subject a line (`open URL`, `at STEP`, `phase PHASE`, `checking TASK`);
 * while the file `hold-WORD` lies in DATA_DIRECTORY/hold, the work of that name lasts. Real clusters are not held: they take their time.
 */
import { join } from 'node:path'
import type { EnvironmentId } from '@wheelhouse/protocol'
import { sampleCatalogue } from '../attempts/testing/sample-content.js'
import { ScriptedGrader } from '../attempts/testing/scripted-grader.js'
import { readConfig } from '../config/read.js'
import type { Engine, Environment, EnvironmentSpec, ProvisionOptions, StepEvent } from '../engines/engine.js'
import { KindEngine } from '../engines/kind/kind-engine.js'
import { kindPartsFor } from '../engines/kind/testing-installation.js'
import { FakeEngine } from '../engines/testing/fake-engine.js'
import { scriptedSteps } from '../engines/testing/scripted-steps.js'
import { startServer } from '../main.js'

const [dataDirectory = '', engine = 'fake'] = process.argv.slice(2)
const say = (...words: string[]) => process.stdout.write(`${words.join(' ')}\n`)
const held = scriptedSteps(join(dataDirectory, 'hold'))

/** Says what it is at, and lasts while it is held. */
async function at(word: string, signal?: AbortSignal): Promise<void> {
  say('at', word)
  await held(word, '' as EnvironmentId, signal)
}

class HeldEngine extends FakeEngine {
  override async stop(id: EnvironmentId): Promise<void> {
    await at('stop')
    return super.stop(id)
  }
  override async start(id: EnvironmentId): Promise<Environment> {
    await at('start')
    return super.start(id)
  }
  override async destroy(id: EnvironmentId): Promise<void> {
    await at('destroy')
    return super.destroy(id)
  }
}

class TellingEngine extends KindEngine {
  override provision(spec: EnvironmentSpec, options: ProvisionOptions = {}): Promise<Environment> {
    const onStep = (event: StepEvent) => {
      if (event.type === 'started') say('at', event.step)
      options.onStep?.(event)
    }
    return super.provision(spec, { ...options, onStep })
  }
}

const makeEngine = async (installation: string): Promise<Engine> =>
  engine === 'kind'
    ? new TellingEngine(...(await kindPartsFor(installation, dataDirectory)))
    : new HeldEngine(join(dataDirectory, 'fake'), { duringStep: (step, _id, signal) => at(step, signal) })

const server = await startServer({
  config: readConfig({ dataDirectory, flags: { 'http.port': '0' } }),
  dataDirectory,
  makeEngine: ({ data }) => makeEngine(data.installationId),
  makeGrader: async () =>
    new ScriptedGrader({
      duringSetUp: ({ task }, signal) => at(`setup-${task.manifest.id}`, signal),
      duringCheck: ({ task }, { signal }) => at(`check-${task.manifest.id}`, signal),
      outcome: () => 'passed',
    }),
  loadCatalogue: async () => sampleCatalogue(),
})
server.parts.environments.onChange((record) => say('phase', record.state.phase))
say('open', server.signInUrl)
