/** The fake engine as `wheelhouse serve --engine fake` has it: real shells, steps that a journey holds or fails, an API that answers. */
import { join } from 'node:path'
import { FakeApiServer } from '@wheelhouse/checkers/testing'
import { FakeEngine } from './fake-engine.js'
import { scriptedSteps } from './scripted-steps.js'

/** @param folder  the data directory: machines lie below `fake/`, the script of the steps in `fake-steps/` */
export async function makeFakeEngine(folder: string): Promise<FakeEngine> {
  // One for all environments, without controllers: graders find an API that is ready and empty.
  const server = await FakeApiServer.start()
  const { kubeconfig } = server
  return new FakeEngine(join(folder, 'fake'), {
    duringStep: scriptedSteps(join(folder, 'fake-steps')),
    onClose: () => server.close(),
    cluster: () => ({ learnerKubeconfig: kubeconfig, graderKubeconfig: kubeconfig }),
  })
}
