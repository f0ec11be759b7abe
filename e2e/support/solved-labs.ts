/** The labs of this repository, as their folders tell: what the journeys on a simulated cluster solve. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const repository = fileURLToPath(new URL('../..', import.meta.url))
const chapters = join(repository, 'labs/chapters')

export interface SolvedTask {
  title: string
  /** What an author types to solve it. */
  solution: string
}

export interface SolvedLab {
  id: string
  title: string
  needs: string
  tasks: SolvedTask[]
}

interface Titled {
  title: { en: string }
}

const readYaml = <T>(...path: string[]): T => parse(readFileSync(join(...path), 'utf8')) as T

/** Every lab, in the order of the chapters. */
export function allLabs(): SolvedLab[] {
  return (readdirSync(chapters, { recursive: true }) as string[])
    .filter((path) => path.endsWith('lab.yaml'))
    .sort()
    .map((path) => readLab(join(chapters, dirname(path))))
}

function readLab(folder: string): SolvedLab {
  const lab = readYaml<Titled & { id: string; needs: string; tasks: string[] }>(folder, 'lab.yaml')
  const tasks = lab.tasks.map((task) => ({
    title: readYaml<Titled>(folder, 'tasks', task, 'task.yaml').title.en,
    solution: readFileSync(join(folder, 'tasks', task, 'solution.sh'), 'utf8'),
  }))
  return { id: lab.id, title: lab.title.en, needs: lab.needs, tasks }
}
