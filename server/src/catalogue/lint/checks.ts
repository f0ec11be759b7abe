/** The checks of a task and the functions of its checker are the same, and they add up. */
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Checker } from '@wheelhouse/checkers/run'
import type { TaskSource } from '../content.js'
import { didYouMean } from '../did-you-mean.js'
import { type Report, type Rule, tasksOf } from './rule.js'

export const checks: Rule = async (content, report) => {
  for (const task of tasksOf(content)) {
    manifestChecks(task, report)
    await checkerFunctions(task, report)
  }
}

function manifestChecks(task: TaskSource, report: Report): void {
  const { manifest } = task
  if (!manifest) return
  const seen = new Set<string>()
  manifest.checks.forEach((check, index) => {
    const here = ['checks', index] as const
    if (seen.has(check.id)) report.in(task, [...here, 'id'], { rule: 'unique-id', message: `"${check.id}" stands there twice.` })
    seen.add(check.id)
    if (check.guard && check.points !== undefined) {
      report.in(task, [...here, 'points'], { rule: 'guard-points', message: 'A guard carries no points.' })
    }
    if (!check.guard && check.points === undefined) {
      report.in(task, here, { rule: 'guard-points', message: `"${check.id}" needs points, or "guard: true".` })
    }
  })
  if (manifest.checks.every((check) => check.guard)) {
    report.in(task, ['checks'], { rule: 'guard-points', message: 'At least one check must carry points.' })
  }
}

async function checkerFunctions(task: TaskSource, report: Report): Promise<void> {
  const { manifest, checker } = task
  if (!checker) {
    const path = `checkers/${task.lab.chapter.id}/${task.lab.id}/${task.id}.ts`
    report.in(task, [], { rule: 'missing-checker', message: `The task has no checker: ${path}.` })
    return
  }
  if (checker.kind === 'script' || !manifest) return
  const names = await checkNames(existsSync(checker.compiled) ? checker.compiled : checker.source)
  if (names instanceof Error) {
    report.at(checker.source, 1, { rule: 'checker-loads', message: `The checker cannot be loaded: ${names.message}` })
    return
  }
  const ids = manifest.checks.map((check) => check.id)
  ids.forEach((id, index) => {
    if (names.includes(id)) return
    report.in(task, ['checks', index, 'id'], {
      rule: 'checker-ids',
      message: `The checker has no check "${id}".${didYouMean(id, names)}`,
    })
  })
  for (const name of names.filter((name) => !ids.includes(name))) {
    const message = `task.yaml has no check "${name}".${didYouMean(name, ids)}`
    report.at(checker.source, 1, { rule: 'checker-ids', message })
  }
}

/** Asks the checker itself: its functions are named, none is called. */
async function checkNames(file: string): Promise<string[] | Error> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: Checker }
    if (module.default?.wheelhouseChecker !== 1) return new Error('it must export default checker(...)')
    return Object.keys(module.default.checks(nothing as Parameters<Checker['checks']>[0]))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Stands in for the cluster: any part of it may be named, since nothing is asked before a check runs. */
const nothing: unknown = new Proxy(() => undefined, { get: () => nothing, apply: () => nothing })
