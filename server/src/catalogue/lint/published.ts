/** What has been published keeps its id, its points and its meaning: old results stay comparable. `labs/published.json` is the ledger. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Content, TaskSource } from '../content.js'
import { type Report, type Rule, tasksOf } from './rule.js'

/** `lab/task` to check to points; 0 for a guard. */
export type Ledger = Record<string, Record<string, number>>

export const LEDGER = 'labs/published.json'

export const readLedger = (root: string): Ledger => {
  const path = join(root, LEDGER)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Ledger) : {}
}

const nameOf = (task: TaskSource) => `${task.lab.id}/${task.id}`
const pointsOf = (task: TaskSource) =>
  Object.fromEntries((task.manifest?.checks ?? []).map((check) => [check.id, check.points ?? 0]))

/** What the ledger must hold once all that is here is published. What it has already is kept. */
export function nextLedger(content: Content, ledger: Ledger): Ledger {
  const next = { ...ledger }
  for (const task of tasksOf(content)) next[nameOf(task)] = { ...pointsOf(task), ...ledger[nameOf(task)] }
  return Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export const published: Rule = (content, report) => {
  const ledger = readLedger(content.root)
  const tasks = new Map(tasksOf(content).map((task) => [nameOf(task), task]))
  for (const [name, checks] of Object.entries(ledger)) {
    const task = tasks.get(name)
    if (!task) report.at(join(content.root, LEDGER), 1, gone(`Task ${name}`))
    else if (task.manifest) compare(task, checks, report)
  }
}

const gone = (what: string) => ({ rule: 'published', message: `${what} was published and is gone.` })

function compare(task: TaskSource, checks: Record<string, number>, report: Report): void {
  const now = task.manifest?.checks ?? []
  for (const [id, points] of Object.entries(checks)) {
    const index = now.findIndex((check) => check.id === id)
    const replaced = now.some((check) => check.replaces === id)
    if (index < 0 && !replaced) {
      const message = `Check "${id}" was published and is gone: its successor must say "replaces: ${id}".`
      report.in(task, ['checks'], { rule: 'published', message })
    }
    if (index >= 0 && (now[index]?.points ?? 0) !== points) {
      const message = `"${id}" was published with ${points} points: a change of points is a new check with "replaces: ${id}".`
      report.in(task, ['checks', index, 'id'], { rule: 'published', message })
    }
  }
}
