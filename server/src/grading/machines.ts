/** Commands on machines, for those who grade: what went wrong on the way is told apart from what the command said. */
import type { MachineReply, MachineRequest } from '@wheelhouse/checkers/run'
import { LabError } from '@wheelhouse/protocol'
import type { Environment } from '../engines/engine.js'
import { CommandTimeout } from '../hosts/execution-host.js'

const MOST_OUTPUT_CHARS = 256 * 1024
const NODE_ANSWER_MS = 5_000

/** @throws LabError `ENGINE_UNAVAILABLE`; Error for a machine that the environment does not have: a mistake of the checker's author */
export async function runOnMachine(
  environment: Environment,
  request: MachineRequest,
  signal?: AbortSignal,
): Promise<MachineReply> {
  const names = environment.machines.map((machine) => machine.name)
  if (!names.includes(request.machine)) throw new Error(`there is no machine "${request.machine}"; there are ${names.join(', ')}`)
  try {
    const { exitCode, stdout, stderr } = await environment.run({ ...request, ...(signal ? { signal } : {}) })
    return { exitCode, stdout: text(stdout), stderr: text(stderr) }
  } catch (error) {
    if (error instanceof CommandTimeout) return { timedOut: true }
    // Nothing of the learner's: the whole engine is away.
    if (error instanceof LabError && error.code === 'ENGINE_UNAVAILABLE') throw error
    return { silent: error instanceof Error ? error.message : String(error) }
  }
}

const text = (output: string) => output.slice(0, MOST_OUTPUT_CHARS)

/** Whether a control-plane node of the cluster answers, whatever its API server does. */
export async function nodeAnswers(environment: Environment, cluster: string): Promise<boolean> {
  const nodes = environment.machines.filter((machine) => machine.cluster === cluster && machine.role === 'control-plane')
  const asked = nodes.map(({ name }) =>
    environment.run({ machine: name, user: 'root', argv: ['true'], timeoutMs: NODE_ANSWER_MS }).then(
      ({ exitCode }) => exitCode === 0,
      () => false,
    ),
  )
  return (await Promise.all(asked)).includes(true)
}
