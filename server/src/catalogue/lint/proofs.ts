/** A task without proof does not ship: a solution, another right way, tempting wrong ways, and a wrong way for every check. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { TaskSource } from '../content.js'
import { didYouMean } from '../did-you-mean.js'
import { filesIn, readMutant, readScript } from '../scripts.js'
import { machinesOf, type Report, type Rule, tasksOf } from './rule.js'

const LEAST_ALTERNATIVES = 1
const LEAST_MUTANTS = 2

export const proofs: Rule = (content, report) => {
  for (const task of tasksOf(content)) {
    if (!existsSync(join(task.directory, 'solution.sh'))) missing(task, report, 'solution.sh')
    // A task that begins in an empty namespace has nothing to set up: its namespaces are made by what runs setups.
    const beginsEmpty = (task.manifest?.namespaces.length ?? 0) > 0
    if (!beginsEmpty && !existsSync(join(task.directory, 'setup'))) missing(task, report, 'setup/')
    const alternatives = filesIn(join(task.directory, 'alternatives'), '.sh')
    if (alternatives.length < LEAST_ALTERNATIVES) missing(task, report, 'alternatives/*.sh: another right way')
    mutants(task, report)
    scripts(task, report)
  }
}

const missing = (task: TaskSource, report: Report, what: string) =>
  report.in(task, [], { rule: 'missing-proof', message: `The task needs ${what}.` })

function mutants(task: TaskSource, report: Report): void {
  const files = filesIn(join(task.directory, 'mutants'), '.sh')
  if (files.length < LEAST_MUTANTS) missing(task, report, `mutants/*.sh: ${LEAST_MUTANTS} tempting wrong ways`)
  const ids = task.manifest?.checks.map((check) => check.id) ?? []
  const caught = new Set<string>()
  for (const file of files) {
    const { caughtBy } = readMutant(file, basename(file))
    const line = lineOf(file, 'caught-by:')
    if (caughtBy.length === 0)
      report.at(file, 1, { rule: 'caught-by', message: 'A line "# caught-by: CHECK" must name what catches it.' })
    for (const id of caughtBy) {
      caught.add(id)
      if (ids.includes(id) || !task.manifest) continue
      report.at(file, line, { rule: 'caught-by', message: `task.yaml has no check "${id}".${didYouMean(id, ids)}` })
    }
  }
  task.manifest?.checks.forEach((check, index) => {
    if (caught.has(check.id)) return
    const message = `No mutant is caught by "${check.id}": nothing shows that it can fail.`
    report.in(task, ['checks', index, 'id'], { rule: 'unproven-check', message })
  })
}

const lineOf = (file: string, text: string) =>
  Math.max(
    1,
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1,
  )

/** Every script runs on a machine that the lab has. */
function scripts(task: TaskSource, report: Report): void {
  const machines = machinesOf(task.lab)
  const folders = ['setup', 'alternatives', 'mutants'].flatMap((folder) => filesIn(join(task.directory, folder), '.sh'))
  for (const file of [...folders, ...filesIn(task.directory, 'solution.sh')]) {
    const { machine } = readScript(file, basename(file))
    if (machines.includes(machine)) continue
    const message = `The lab has no machine "${machine}"; it has ${machines.join(', ')}.`
    report.at(file, lineOf(file, 'machine:'), { rule: 'unknown-machine', message })
  }
  const needs = task.lab.manifest?.needs
  const { machine } = task.manifest ?? {}
  if (machine !== undefined && !machines.includes(machine)) {
    report.in(task, ['machine'], { rule: 'unknown-machine', message: `The lab has no machine "${machine}".` })
  }
  const onNodes = folders.filter((file) => readScript(file, '').machine !== 'base')
  if (onNodes.length > 0 && needs !== 'nodes' && needs !== 'addons') {
    const message = `${basename(onNodes[0] ?? '')} runs on a node, so the lab needs "nodes", not "${needs}".`
    report.in(task, [], { rule: 'needs', message })
  }
}
