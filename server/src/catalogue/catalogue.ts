/**
 * The labs as the rest of the server knows them. `load.ts` reads `labs/` and checks every file against the content format;
 * `markdown/` turns the texts into sanitised HTML the first time that one is asked for.
 */
import type { ChapterManifest, LabManifest, LabStepView, Language, TaskManifest } from '@wheelhouse/protocol'

export interface Chapter {
  manifest: ChapterManifest
  labs: Lab[]
}

export interface Lab {
  manifest: LabManifest
  /** Absolute path of the lab's folder. */
  directory: string
  tasks: Task[]
  steps: Record<Language, LabStepView[]>
  /** Hash over the lab's own files and its checkers: two runs with the same version were graded by the same rules. */
  contentVersion: string
}

export interface Task {
  manifest: TaskManifest
  directory: string
  /** Sanitised HTML of `task.LANGUAGE.md`. */
  html: Record<Language, string>
  /** Sanitised HTML of each hint, the smaller first. Leaves the server only where the mode allows. */
  hintsHtml: Record<Language, string[]>
  /** Sanitised HTML of the solution with its explanation. Leaves the server only where the mode allows. */
  solutionHtml: Record<Language, string>
  setup: SetupPlan
  /** The compiled checker module, or a script that runs on a machine and prints the verdict JSON. */
  checker: { kind: 'module'; file: string } | { kind: 'script'; file: string; machine: string }
  solution: Script
  alternatives: Script[]
  mutants: MutantScript[]
  contentVersion: string
}

/**
 * What brings a task to its start from any state of its cluster: the files of `setup/` in name order, manifests and scripts mixed.
 * An `early` one (its name begins with `0`) runs before the task's namespaces are emptied (docs/decisions/0010).
 */
export interface SetupPlan {
  steps: SetupStep[]
}

export type SetupStep = { early: boolean } & (
  | { kind: 'manifest'; name: string; file: string }
  | { kind: 'script'; name: string; file: string; machine: string; user: 'candidate' | 'root' }
)

export interface Script {
  name: string
  file: string
  /** Machine and user it runs as, from a `# machine:` / `# user:` line at its head; `base` and `candidate` by default. */
  machine: string
  user: 'candidate' | 'root'
}

export interface MutantScript extends Script {
  /** Ids of the checks that must catch it, from its `# caught-by:` line. */
  caughtBy: string[]
}

export interface Catalogue {
  chapters: Chapter[]
  lab(id: string): Lab | undefined
  task(labId: string, taskId: string): Task | undefined
  /** Every image that any lab pulls. */
  images(): string[]
}
