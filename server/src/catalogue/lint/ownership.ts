/** Tasks do not touch each other: each owns its namespaces and what it makes outside of them. */
import { join, relative } from 'node:path'
import { builtInKind } from '@wheelhouse/checkers/run'
import type { LabSource, TaskSource } from '../content.js'
import { filesIn } from '../scripts.js'
import { readManifests } from '../yaml-file.js'
import { labsOf, type Report, type Rule, tasksOf } from './rule.js'

const SYSTEM = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage', 'wheelhouse-grader'])

export const ownership: Rule = (content, report) => {
  for (const lab of labsOf(content)) sharedNamespaces(lab, report)
  for (const task of tasksOf(content)) setupObjects(task, report)
}

function sharedNamespaces(lab: LabSource, report: Report): void {
  const owners = new Map<string, string>()
  for (const task of lab.tasks) {
    task.manifest?.namespaces.forEach((namespace, index) => {
      const here = ['namespaces', index]
      if (SYSTEM.has(namespace)) {
        report.in(task, here, { rule: 'namespaces', message: `"${namespace}" is the cluster's: a reset would empty it.` })
      }
      const other = owners.get(namespace)
      if (other) report.in(task, here, { rule: 'namespaces', message: `Task "${other}" owns "${namespace}" too.` })
      owners.set(namespace, task.id)
    })
  }
}

interface Manifest {
  kind?: string
  metadata?: { name?: string; namespace?: string }
}

function setupObjects(task: TaskSource, report: Report): void {
  const { manifest } = task
  for (const path of filesIn(join(task.directory, 'setup'), '.yaml', '.yml')) {
    const { objects, problems } = readManifests(path, relative(report.root, path))
    report.problems.push(...problems)
    if (!manifest) continue
    for (const { value, line } of objects) {
      const message = whyForeign(value as Manifest, manifest)
      if (message) report.at(path, line, { rule: 'ownership', message })
    }
  }
}

type Owner = Pick<NonNullable<TaskSource['manifest']>, 'namespaces' | 'owns'>

function whyForeign({ kind = '', metadata = {} }: Manifest, { namespaces, owns = [] }: Owner): string | undefined {
  const name = metadata.name ?? ''
  if (kind === '' || name === '') return 'This document has no kind, or no metadata.name.'
  if (kind === 'Node') return undefined
  const namespace = kind === 'Namespace' ? name : metadata.namespace
  if (namespace !== undefined) {
    return namespaces.includes(namespace) ? undefined : `The task does not own the namespace "${namespace}".`
  }
  if (builtInKind(kind)?.namespaced) return `${kind} ${name} says no namespace: it would end up in "default".`
  const owned = owns.some((one) => matchesOwned(one, `${kind}/${name}`))
  return owned
    ? undefined
    : `${kind} ${name} is outside namespaces: list "${kind}/${name}" under owns, so that a reset removes it.`
}

/** `PersistentVolume/data-*` owns every PersistentVolume whose name begins with `data-`. */
export const matchesOwned = (pattern: string, object: string): boolean =>
  pattern.endsWith('*') ? object.startsWith(pattern.slice(0, -1)) : object === pattern
