/** `npm run parity`: every scenario against a fresh simulated cluster, compared with what a real one answered. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SimulatedCluster } from '../cluster/cluster.js'
import { coverageOf, coverageTable } from './coverage.js'
import { normalize } from './normalize.js'
import { type Answer, type Place, play, playAll } from './play.js'
import { readRecording, type Transcript, writeRecording } from './recording.js'
import type { Scenario } from './scenario.js'
import { themes } from './scenarios/index.js'

/** Texts of kubectl change with its minor version: both sides are asked by this one, and recordings are made with it. */
const KUBECTL_MINOR = '36'

const USAGE = `npm run parity -- [options]: plays commands against a simulated cluster and compares with a real one
  --theme NAME[,NAME]   only these of ${Object.keys(themes).join(', ')}
  --only TEXT           only scenarios whose name has it
  --jobs N              scenarios that are played at once (4)
  --kubectl FILE        the kubectl 1.${KUBECTL_MINOR} that plays them
  --against KUBECONFIG  compare with a real cluster now, not with its committed transcript
  --record KUBECONFIG   write a real cluster's answers down, and compare nothing
  --help`

const string = { type: 'string' } as const
const { values: options } = parseArgs({
  options: {
    theme: string,
    only: string,
    jobs: { ...string, default: '4' },
    kubectl: { ...string, default: 'kubectl' },
    against: string,
    record: string,
    help: { type: 'boolean', default: false },
  },
})
const say = (text: string) => process.stdout.write(`${text}\n`)

function pinnedKubectl(): string {
  const { kubectl } = options
  const { clientVersion } = JSON.parse(execFileSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }))
  if (clientVersion.minor.replace('+', '') !== KUBECTL_MINOR)
    throw new Error(
      `${kubectl} is ${clientVersion.gitVersion}: parity is played with kubectl 1.${KUBECTL_MINOR} (--kubectl FILE)`,
    )
  say(`kubectl ${clientVersion.gitVersion}: ${kubectl}`)
  return kubectl
}

const show = (answer: Answer | undefined): string =>
  (answer ? `exit ${answer.code}\n${[answer.stdout, answer.stderr].filter(Boolean).join('\n')}` : 'nothing recorded').replace(
    /^/gm,
    '      ',
  )

/** Rules that came after the recording hold for it too. */
const again = (answer: Answer | undefined): Answer | undefined =>
  answer && { ...answer, stdout: normalize(answer.stdout), stderr: normalize(answer.stderr) }

interface Tally {
  steps: number
  same: number
  known: string[]
  /** Listed as different, and no longer so. */
  mended: string[]
  different: string[]
}

function compare(scenario: Scenario, { ours, theirs, tally }: { ours: Answer[]; theirs: Answer[]; tally: Tally }): void {
  const compared = scenario.steps.filter((step) => step.type === 'compare')
  for (const [index, step] of compared.entries()) {
    const name = `${scenario.name}: kubectl ${step.command}`
    tally.steps++
    if (ours[index] && JSON.stringify(ours[index]) === JSON.stringify(again(theirs[index]))) {
      tally.same++
      if (step.differs) tally.mended.push(name)
    } else if (step.differs) tally.known.push(`${name}: ${step.differs}`)
    else tally.different.push(`${name}\n    real:\n${show(theirs[index])}\n    simulated:\n${show(ours[index])}`)
  }
}

async function withSimulatedCluster(kubectl: string, work: (place: Place) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'parity-cluster-'))
  const cluster = await SimulatedCluster.create({
    shape: { controlPlanes: 1, workers: 1 },
    images: ['busybox:1.37', 'nginx:1.28', 'curlimages/curl:8.15.0'],
  })
  try {
    await cluster.started
    const { port } = await cluster.listen()
    const kubeconfig = join(directory, 'kubeconfig')
    writeFileSync(kubeconfig, await cluster.kubeconfig(`https://127.0.0.1:${port}`), { mode: 0o600 })
    await work({ kubectl, kubeconfig })
  } finally {
    await cluster.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Chosen {
  theme: string
  scenarios: Scenario[]
  transcript: Transcript
}

function choose(): Chosen[] {
  const { only } = options
  const wanted = options.theme?.split(',')
  const unknown = wanted?.filter((theme) => !Object.hasOwn(themes, theme)) ?? []
  if (unknown.length > 0) throw new Error(`there is no theme ${unknown.join(', ')}\n${USAGE}`)
  return Object.entries(themes)
    .filter(([theme]) => !wanted || wanted.includes(theme))
    .map(([theme, scenarios]) => ({
      theme,
      scenarios: scenarios.filter(({ name }) => !only || name.includes(only)),
      transcript: readRecording(theme),
    }))
}

async function main(): Promise<void> {
  if (options.help) return void say(USAGE)
  const chosen = choose()
  const kubectl = pinnedKubectl()
  const { record } = options
  const real = record ?? options.against
  const scenarios = chosen.flatMap(({ scenarios }) => scenarios)
  const jobs = Number(options.jobs)
  const theirs = new Map(chosen.flatMap(({ transcript }) => Object.entries(transcript)))
  if (real)
    await playAll(scenarios, jobs, async (scenario) => {
      theirs.set(scenario.name, await play(scenario, { kubectl, kubeconfig: real }))
    })
  if (record) {
    for (const { theme } of chosen) writeRecording(theme, themes[theme] ?? [], theirs)
    return
  }
  const ours = new Map<string, Answer[]>()
  await withSimulatedCluster(kubectl, (place) =>
    playAll(scenarios, jobs, async (scenario) => {
      ours.set(scenario.name, await play(scenario, place))
    }),
  )
  const tally: Tally = { steps: 0, same: 0, known: [], mended: [], different: [] }
  for (const scenario of scenarios)
    compare(scenario, { ours: ours.get(scenario.name) ?? [], theirs: theirs.get(scenario.name) ?? [], tally })
  report(tally, real ? 'a real cluster' : 'the recorded transcript of a real cluster')
}

function report({ steps, same, known, mended, different }: Tally, against: string): void {
  const coverage = coverageOf(Object.values(themes).flat())
  for (const line of different) say(`DIFFERENT ${line}`)
  for (const line of mended) say(`MENDED    ${line}: no longer differs, take its reason out`)
  for (const line of known) say(`known     ${line}`)
  say(`\n${coverageTable(coverage)}`)
  for (const line of coverage.problems) say(`UNCOVERED ${line}`)
  const share = steps === 0 ? 0 : (100 * same) / steps
  say(
    `\nparity with ${against}: ${same} of ${steps} steps identical (${share.toFixed(1)} %), ${known.length} known differences, ${different.length} others`,
  )
  if (different.length + mended.length + coverage.problems.length > 0) process.exitCode = 1
}

// Timers of the clock keep no process alive: against a real cluster, waiting between two tries would be its end.
const { port1 } = new MessageChannel()
port1.ref()
try {
  await main()
} finally {
  port1.close()
}
