/** A task and a place to run it, made of what a test gives, for tests of the grader. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CheckManifest, environmentId, type TaskManifest } from '@wheelhouse/protocol'
import type { SetupStep, Task } from '../../catalogue/catalogue.js'
import type { Environment, MachineCommand } from '../../engines/engine.js'
import type { CommandResult } from '../../hosts/execution-host.js'
import { temporaryFolder } from '../../testing/temporary-folder.js'
import type { TaskRun } from '../grader.js'

const LIBRARY = fileURLToPath(new URL('../../../../checkers/dist/lib/index.js', import.meta.url))

export interface TaskDoubleOptions {
  /** The functions of the checker, as JavaScript: `'a': async () => { ... }`. */
  checks?: string
  manifest?: Partial<TaskManifest>
  /** Files of `setup/`, by name. */
  setup?: Record<string, string>
}

const title = { en: 'title', zh: '标题' }
export const pointsCheck = (id: string): CheckManifest => ({ id, title, points: 1 })

/** The checker is written to a file of its own, since a process of its own loads it. */
export function taskDouble({ checks = '', manifest = {}, setup = {} }: TaskDoubleOptions): Task {
  const directory = temporaryFolder('task')
  const checker = join(directory, 'checker.mjs')
  writeFileSync(
    checker,
    `import { checker } from ${JSON.stringify(LIBRARY)}\nexport default checker(({ cluster, baseline, machine, expectThat, eventually, say }) => ({ ${checks} }))\n`,
  )
  const none = { en: '', zh: '' }
  return {
    manifest: {
      id: 'task',
      title,
      competencies: ['workloads-1'],
      minutes: 1,
      difficulty: 1,
      namespaces: [],
      settleSeconds: 1,
      checks: [pointsCheck('a')],
      hints: [none, none],
      ...manifest,
    },
    directory,
    html: none,
    hintsHtml: { en: [], zh: [] },
    solutionHtml: none,
    setup: {
      steps: Object.entries(setup)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, text]) => setupStep(directory, name, text)),
    },
    checker: { kind: 'module', file: checker },
    solution: { name: 'solution', file: checker, machine: 'base', user: 'candidate' },
    alternatives: [],
    mutants: [],
    contentVersion: 'v',
  }
}

function setupStep(directory: string, name: string, text: string): SetupStep {
  const file = join(directory, name)
  writeFileSync(file, text)
  const early = name.startsWith('0')
  if (!name.endsWith('.sh')) return { kind: 'manifest', early, name, file }
  const machine = /# machine: (\S+)/.exec(text)?.[1] ?? 'base'
  return { kind: 'script', early, name, file, machine, user: 'candidate' }
}

export interface EnvironmentDoubleOptions {
  kubeconfig: string
  machines?: string[]
  run?: (command: MachineCommand) => Promise<CommandResult>
}

export function environmentDouble({
  kubeconfig,
  machines = ['base', 'controlplane'],
  run,
}: EnvironmentDoubleOptions): Environment {
  const cluster = { name: 'main', kubernetes: 'v1.36', nodes: [], learnerKubeconfig: '', graderKubeconfig: kubeconfig }
  const unused = () => {
    throw new Error('the double does not do this')
  }
  return {
    id: environmentId('double'),
    clusters: [cluster],
    machines: machines.map((name) => ({
      name,
      role: name === 'base' ? 'base' : 'control-plane',
      cluster: name === 'base' ? null : 'main',
    })),
    openKeeper: unused,
    putFile: unused,
    getFile: unused,
    run: run ?? (async () => ({ exitCode: 0, stdout: '', stderr: '' })),
  }
}

export const runOf = (task: Task, environment: Environment): TaskRun => ({ environment, cluster: 'main', task, params: {} })
