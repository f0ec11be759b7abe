/** Rows for tests of the store, whole, with what a test cares about put in. */
import { attemptId, environmentId, learnerId, type Verdict } from '@wheelhouse/protocol'
import { newId } from '../ids.js'
import type { AttemptRecord, AttemptTaskRecord } from '../repositories/attempts.js'
import type { EnvironmentRecord } from '../repositories/environments.js'
import type { Learner } from '../repositories/learners.js'

export const NOW_MS = 1_800_000_000_123

export const aLearner = (name: string, more: Partial<Learner> = {}): Learner => ({
  id: learnerId(newId()),
  name,
  role: 'learner',
  language: null,
  createdAtMs: NOW_MS,
  ...more,
})

export function anEnvironment(more: Partial<EnvironmentRecord> = {}): EnvironmentRecord {
  const id = environmentId(newId())
  const cluster = {
    name: 'main',
    kubernetes: 'v1.36',
    controlPlanes: 1,
    workers: 1,
    bareNodes: 0,
    cni: 'default',
    addons: [],
  } as const
  return {
    id,
    learner: null,
    lab: 'alpha',
    engine: 'fake',
    shape: 'main v1.36 1+1',
    spec: { id, clusters: [{ ...cluster, addons: [] }], images: ['nginx:1.28'] },
    wanted: 'running',
    state: { phase: 'ready' },
    machines: [{ name: 'base', role: 'base' }],
    keepOnFailure: false,
    serverId: 'server-1',
    leaseUntilMs: NOW_MS,
    createdAtMs: NOW_MS,
    queuedAtMs: NOW_MS,
    phaseSinceMs: NOW_MS,
    lastActivityAtMs: NOW_MS,
    expiresAtMs: null,
    ...more,
  }
}

export const anAttempt = (learner: Learner, more: Partial<AttemptRecord> = {}): AttemptRecord => ({
  id: attemptId(newId()),
  learner: learner.id,
  lab: 'alpha',
  environment: null,
  step: 'one',
  contentVersion: 'v1',
  startedAtMs: NOW_MS,
  lastSeenAtMs: NOW_MS,
  finishedAtMs: null,
  points: 0,
  maxPoints: 10,
  ...more,
})

export const aTask = (attempt: AttemptRecord, task: string, more: Partial<AttemptTaskRecord> = {}): AttemptTaskRecord => ({
  attempt: attempt.id,
  task,
  position: 0,
  setup: { status: 'waiting' },
  params: {},
  checkRequestedAtMs: null,
  latestVerdict: null,
  asked: false,
  passedAtMs: null,
  bestPoints: 0,
  ...more,
})

export const aVerdict = (task: string, more: Partial<Verdict> = {}): Verdict => ({
  task,
  contentVersion: 'v1',
  status: 'passed',
  points: 5,
  maxPoints: 5,
  checks: [],
  notGradable: [],
  gradedAtMs: NOW_MS,
  tookMs: 12,
  ...more,
})
