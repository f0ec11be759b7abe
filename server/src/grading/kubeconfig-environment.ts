/**
 * An environment made of a kubeconfig and nothing else, for `wheelhouse grade`: no engine, no machines. For a setup, `base` may be this
 * computer, where the scripts of the task then run with that kubeconfig.
 */
import { environmentId, LabError } from '@wheelhouse/protocol'
import type { Environment, Machine, MachineCommand } from '../engines/engine.js'
import type { ExecutionHost } from '../hosts/execution-host.js'

export interface KubeconfigSource {
  /** YAML. */
  kubeconfig: string
  /** Path of the same, for programs. */
  file: string
}

export const KUBECONFIG_CLUSTER = 'main'

export function kubeconfigEnvironment(source: KubeconfigSource, base?: ExecutionHost): Environment {
  const machines: Machine[] = base ? [{ name: 'base', role: 'base', cluster: null }] : []
  const cluster = {
    name: KUBECONFIG_CLUSTER,
    kubernetes: '',
    nodes: [],
    learnerKubeconfig: source.kubeconfig,
    graderKubeconfig: source.kubeconfig,
  }
  const refuse = (what: string): never => {
    throw new LabError('NOT_FOUND', { what })
  }
  return {
    id: environmentId('kubeconfig'),
    clusters: [cluster],
    machines,
    openKeeper: (machine) => refuse(`machine ${machine}`),
    putFile: async (machine) => refuse(`machine ${machine}`),
    getFile: async (machine) => refuse(`machine ${machine}`),
    run: async ({ machine, argv, stdin, timeoutMs, signal }: MachineCommand) => {
      if (!base || machine !== 'base') return refuse(`machine ${machine}`)
      const given = { ...(stdin === undefined ? {} : { stdin }), ...(signal ? { signal } : {}) }
      return base.run({ argv, env: { KUBECONFIG: source.file }, timeoutMs, ...given })
    },
  }
}
