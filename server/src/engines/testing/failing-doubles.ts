/** Engines named after the failure that they play. Each is a FakeEngine in all else. */
import type { EnvironmentId } from '@wheelhouse/protocol'
import { CommandFailed } from '../step-reporter.js'
import { FAKE_STEPS, FakeEngine, type FakeEngineOptions } from './fake-engine.js'
import { abortOf, StepGate } from './step-gate.js'

/** Stands at every step until the test lets it go on: `await engine.gate.reached('images'); engine.gate.release('images')`. */
export class SlowEngine extends FakeEngine {
  readonly gate: StepGate

  constructor(folder: string, options: Omit<FakeEngineOptions, 'duringStep'> = {}) {
    const gate = new StepGate(FAKE_STEPS)
    super(folder, { ...options, duringStep: gate.duringStep })
    this.gate = gate
  }

  releaseAll(): void {
    for (const step of FAKE_STEPS) this.gate.release(step)
  }
}

/** Its clusters never become ready: provisioning ends by an abort only. */
export class NeverReadyEngine extends FakeEngine {
  constructor(folder: string, options: Omit<FakeEngineOptions, 'duringStep'> = {}) {
    super(folder, { ...options, duringStep: async (step, _id, signal) => (step === 'ready' ? await abortOf(signal) : undefined) })
  }
}

/** Provisioning fails at one step, with a command and its output, as a real one does. */
export class FailingEngine extends FakeEngine {
  constructor(folder: string, failAt: (typeof FAKE_STEPS)[number] = 'control-plane', options: FakeEngineOptions = {}) {
    super(folder, {
      ...options,
      duringStep: async (step) => {
        if (step === failAt) throw new CommandFailed(['kubeadm', 'init'], 1, 'the API server did not come up\n')
      },
    })
  }
}

/** Says that it destroyed an environment, and leaves it where it was. */
export class LeakyEngine extends FakeEngine {
  override async destroy(id: EnvironmentId): Promise<void> {
    await this.stop(id)
  }
}
