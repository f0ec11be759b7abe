/** The checks of the Pod Security Standards, in upstream's words. @see pod-security-admission/policy */
import type { Container, PodSpec } from '../../schema/kubernetes.generated.js'
import { baselineChecks } from './baseline.js'
import type { LevelVersion } from './policy.js'
import { restrictedChecks } from './restricted.js'

export interface Subject {
  spec: PodSpec
  annotations: Record<string, string>
  containers: Container[]
}

export interface Violation {
  reason: string
  detail: string
}

export interface Check {
  id: string
  /** First minor version of Kubernetes that has it. */
  since: number
  /** Checks of the baseline that this one takes the place of. */
  replaces?: string[]
  /** @param minor version that the namespace asks for */
  run(subject: Subject, minor: number): Violation | undefined
}

/** The version that `latest` stands for: the newest that changed anything. */
const NEWEST = 35

const applicable = (checks: Check[], minor: number): Check[] =>
  checks.filter((check) => check.since <= minor).sort((left, right) => (left.id < right.id ? -1 : 1))

/** Every way in which a Pod is less safe than the level. */
export function violationsOf(
  { level, version }: LevelVersion,
  spec: PodSpec,
  annotations: Record<string, string> = {},
): Violation[] {
  if (level === 'privileged') return []
  const minor = version === 'latest' ? NEWEST : Math.min(version, NEWEST)
  const strict = level === 'restricted' ? applicable(restrictedChecks, minor) : []
  const replaced = new Set(strict.flatMap((check) => check.replaces ?? []))
  const checks = [...applicable(baselineChecks, minor).filter(({ id }) => !replaced.has(id)), ...strict]
  const containers = [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ]
  return checks.flatMap((check) => check.run({ spec, annotations, containers }, minor) ?? [])
}

export const detailsOf = (violations: Violation[]): string =>
  violations.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ')
export const reasonsOf = (violations: Violation[]): string => violations.map(({ reason }) => reason).join(', ')
