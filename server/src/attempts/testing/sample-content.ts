/** Two small labs for tests of what surrounds labs; what is in them does not matter. */
import type { Localized, TaskManifest } from '@wheelhouse/protocol'
import type { Catalogue, Lab, Task } from '../../catalogue/catalogue.js'

const both = (text: string): Localized => ({ en: text, zh: `${text}（中文）` })

export function sampleTask(id: string, more: Partial<TaskManifest> = {}): Task {
  const text = both(`Task ${id}`)
  return {
    manifest: {
      id,
      title: text,
      competencies: ['workloads-1'],
      minutes: 5,
      difficulty: 1,
      namespaces: [id],
      checks: [
        { id: 'first', title: both('The first thing holds'), points: 2 },
        { id: 'second', title: both('The second thing holds'), points: 3 },
        { id: 'nothing-broken', title: both('Nothing else was broken'), guard: true },
      ],
      hints: [both('a hint'), both('a bigger hint')],
      ...more,
    },
    directory: `/nowhere/${id}`,
    html: { en: `<p>${text.en}</p>`, zh: `<p>${text.zh}</p>` },
    hintsHtml: { en: ['<p>small</p>', '<p>bigger</p>'], zh: ['<p>小</p>', '<p>大</p>'] },
    solutionHtml: { en: '<p>the solution</p>', zh: '<p>答案</p>' },
    setup: { steps: [] },
    checker: { kind: 'module', file: `/nowhere/${id}.js` },
    solution: { name: 'solution.sh', file: `/nowhere/${id}/solution.sh`, machine: 'base', user: 'candidate' },
    alternatives: [],
    mutants: [],
    contentVersion: `${id}-v1`,
  }
}

export function sampleLab(id: string, tasks: Task[], more: Partial<Lab['manifest']> = {}): Lab {
  const step = (language: 'en' | 'zh') => [
    { id: 'one', title: both('Step one')[language], html: '<p>Look around.</p>', tasks: tasks.map((task) => task.manifest.id) },
  ]
  return {
    manifest: {
      id,
      chapter: '01-samples',
      title: both(`Lab ${id}`),
      summary: both(`What ${id} is about`),
      source: [],
      minutes: 10,
      needs: 'pods',
      images: ['busybox:1.37'],
      tasks: tasks.map((task) => task.manifest.id),
      ...more,
    },
    directory: `/nowhere/${id}`,
    tasks,
    steps: { en: step('en'), zh: step('zh') },
    contentVersion: `${id}-v1`,
  }
}

export function sampleCatalogue(labs: Lab[] = sampleLabs()): Catalogue {
  return {
    chapters: [{ manifest: { id: '01-samples', title: both('Samples'), summary: both('For tests') }, labs }],
    lab: (id) => labs.find((lab) => lab.manifest.id === id),
    task: (labId, taskId) => labs.find((lab) => lab.manifest.id === labId)?.tasks.find((task) => task.manifest.id === taskId),
    images: () => [...new Set(labs.flatMap((lab) => lab.manifest.images))],
  }
}

export const sampleLabs = (): Lab[] => [
  sampleLab('alpha', [sampleTask('greet'), sampleTask('scale')]),
  sampleLab('beta', [sampleTask('mend', { disruptive: true }), sampleTask('drain', { disruptive: true })], {
    cluster: { workers: 1 },
  }),
]
