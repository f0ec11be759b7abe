/** What the server might send, typed by the protocol: each maker takes what a test cares about and fills in the rest. */
import type {
  AttemptTaskView,
  AttemptView,
  CheckResult,
  EnvironmentState,
  EnvironmentView,
  LabCard,
  LabView,
  Verdict,
} from '@wheelhouse/protocol'

export const NOW_MS = Date.UTC(2026, 10, 21, 10, 0, 0)

export const checkResult = (over: Partial<CheckResult> = {}): CheckResult => ({
  check: 'replicas-available',
  status: 'passed',
  points: 2,
  maxPoints: 2,
  guard: false,
  evidence: [],
  tookMs: 140,
  ...over,
})

export const verdict = (over: Partial<Verdict> = {}): Verdict => ({
  task: 'roll-back',
  contentVersion: 'c1',
  status: 'passed',
  points: 5,
  maxPoints: 5,
  checks: [checkResult()],
  notGradable: [],
  gradedAtMs: NOW_MS,
  tookMs: 820,
  ...over,
})

export const attemptTask = (over: Partial<AttemptTaskView> = {}): AttemptTaskView => ({
  task: 'roll-back',
  setup: 'done',
  setupError: null,
  checking: false,
  arriving: [],
  latest: null,
  asked: true,
  passedAtMs: null,
  bestPoints: 0,
  revealed: [],
  ...over,
})

export const environment = (state: EnvironmentState, over: Partial<EnvironmentView> = {}): EnvironmentView => ({
  id: 'env1',
  lab: 'deploy-rollback',
  engine: 'kind',
  state,
  machines: [
    { name: 'base', role: 'base' },
    { name: 'controlplane', role: 'control-plane' },
    { name: 'node01', role: 'worker' },
  ],
  fork: false,
  expiresAtMs: NOW_MS + 7 * 86_400_000,
  keptDays: 7,
  ...over,
})

export const attempt = (over: Partial<AttemptView> = {}): AttemptView => ({
  id: 'a1',
  lab: 'deploy-rollback',
  step: 'situation',
  startedAtMs: NOW_MS,
  finishedAtMs: null,
  points: 0,
  maxPoints: 9,
  tasks: [attemptTask(), attemptTask({ task: 'explain-history' })],
  environment: environment({ phase: 'ready', idleDeadlineMs: null }),
  ...over,
})

export const labCard = (over: Partial<LabCard> = {}): LabCard => ({
  id: 'deploy-rollback',
  title: { en: 'Roll back a bad release', zh: '回滚有问题的发布' },
  summary: { en: 'A new version crashes. Bring the old one back.', zh: '新版本不断崩溃，请恢复旧版本。' },
  minutes: 12,
  needs: 'pods',
  tasks: 2,
  points: 9,
  competencies: ['workloads-1'],
  progress: null,
  unsupported: null,
  ...over,
})

export const lab = (over: Partial<LabView> = {}): LabView => ({
  id: 'deploy-rollback',
  chapter: '04-deployments',
  title: 'Roll back a bad release',
  summary: 'A new version crashes. Bring the old one back.',
  minutes: 12,
  needs: 'pods',
  machines: ['base', 'controlplane', 'node01'],
  steps: [
    { id: 'situation', title: 'The situation', html: '<p>Version 2 was rolled out an hour ago.</p>', tasks: [] },
    { id: 'repair', title: 'Repair it', html: '<p>Bring version 1 back.</p>', tasks: ['roll-back'] },
  ],
  tasks: [
    {
      id: 'roll-back',
      title: 'Bring the old version back',
      html: '<p>Deployment <code>web</code> serves version 1.</p>',
      competencies: ['workloads-1'],
      minutes: 5,
      difficulty: 2,
      machine: 'base',
      maxPoints: 5,
      checks: [
        { id: 'replicas-available', title: 'Three replicas are available', points: 2, guard: false },
        { id: 'old-version-serves', title: 'The old version serves', points: 3, guard: false },
        { id: 'same-deployment', title: 'The Deployment is the original one', points: 0, guard: true },
      ],
      hints: 2,
      disruptive: false,
    },
  ],
  contentVersion: 'c1',
  expectedMs: 26_000,
  unsupported: null,
  attempt: null,
  ...over,
})
