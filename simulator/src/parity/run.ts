/**
 * `npm run parity`: every scenario against a fresh simulated cluster, compared with the committed transcript of a real one.
 * `--against KUBECONFIG` asks a real cluster now, `--record KUBECONFIG` also writes its answers down. `--theme NAME` and `--only TEXT`
 * pick scenarios.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SimulatedCluster } from '../cluster/cluster.js'
import { SystemClock, sleep } from '../time/clock.js'
import { normalize } from './normalize.js'
import type { Scenario, Step } from './scenario.js'
import { themes } from './scenarios/index.js'

interface Answer {
  stdout: string
  stderr: string
  code: number
}
/** Answers by command, in order. */
type Transcript = Record<string, Answer[]>

const RECORDINGS = fileURLToPath(new URL('../../data/parity/', import.meta.url))
const TRY_AGAIN_MS = 250
const GIVE_UP_AFTER_MS = 90_000
const clock = new SystemClock()

const words = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, plain]) => single ?? double ?? plain ?? '')

function run(kubeconfig: string, directory: string, namespace: string, command: string): Promise<Answer> {
  const isPlaced = command.includes('{{ns}}') || /(^| )-(n|A)\b/.test(command)
  // In front: what follows `--` is the container's.
  const args = [...(isPlaced ? [] : ['-n', namespace]), ...words(command.replaceAll('{{ns}}', namespace))]
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECTL_KUBERC: 'false', HOME: directory }
  return new Promise((resolve) => {
    execFile('kubectl', args, { cwd: directory, env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0
      resolve({ stdout: normalize(stdout), stderr: normalize(stderr), code })
    })
  })
}

async function wait(ask: () => Promise<Answer>, step: Extract<Step, { type: 'until' }>): Promise<void> {
  const deadline = clock.now() + GIVE_UP_AFTER_MS
  for (;;) {
    const answer = await ask()
    if (answer.code === 0 && (!step.shows || answer.stdout.includes(step.shows))) return
    if (clock.now() > deadline)
      throw new Error(`"${step.command}" never showed "${step.shows ?? 'success'}": ${answer.stdout}${answer.stderr}`)
    await sleep(clock, TRY_AGAIN_MS)
  }
}

async function play(scenario: Scenario, kubeconfig: string): Promise<Answer[]> {
  const directory = mkdtempSync(join(tmpdir(), 'parity-'))
  const namespace = `parity-${Math.trunc(clock.now()).toString(36)}`
  const ask = (command: string) => run(kubeconfig, directory, namespace, command)
  const answers: Answer[] = []
  try {
    await ask('create namespace {{ns}}')
    await wait(() => ask('get serviceaccount default'), { type: 'until', command: 'get serviceaccount default' })
    for (const step of scenario.steps) {
      if (step.type === 'file') writeFileSync(join(directory, step.name), step.content)
      else if (step.type === 'until') await wait(() => ask(step.command), step)
      else answers.push(await ask(step.command))
    }
  } finally {
    await ask('delete namespace {{ns}} --wait=false')
    rmSync(directory, { recursive: true, force: true })
  }
  return answers
}

const option = (name: string): string | undefined => {
  const index = process.argv.indexOf(name)
  return index < 0 ? undefined : process.argv[index + 1]
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
  different: string[]
}

function compare(scenario: Scenario, { ours, theirs, tally }: { ours: Answer[]; theirs: Answer[]; tally: Tally }): void {
  const compared = scenario.steps.filter((step) => step.type === 'compare')
  for (const [index, step] of compared.entries()) {
    tally.steps++
    if (JSON.stringify(ours[index]) === JSON.stringify(again(theirs[index]))) tally.same++
    else if (step.differs) tally.known.push(`${scenario.name}: kubectl ${step.command}: ${step.differs}`)
    else
      tally.different.push(
        `${scenario.name}: kubectl ${step.command}\n    real:\n${show(theirs[index])}\n    simulated:\n${show(ours[index])}`,
      )
  }
}

async function main(): Promise<void> {
  const real = option('--record') ?? option('--against')
  const only = option('--only')
  const theme = option('--theme')
  const directory = mkdtempSync(join(tmpdir(), 'parity-cluster-'))
  const cluster = await SimulatedCluster.create({
    shape: { controlPlanes: 1, workers: 1 },
    images: ['busybox:1.37', 'nginx:1.28'],
  })
  await cluster.started
  const { port } = await cluster.listen()
  const kubeconfig = join(directory, 'kubeconfig')
  writeFileSync(kubeconfig, await cluster.kubeconfig(`https://127.0.0.1:${port}`), { mode: 0o600 })
  const tally: Tally = { steps: 0, same: 0, known: [], different: [] }
  for (const [name, scenarios] of Object.entries(themes).filter(([name]) => !theme || name === theme)) {
    const transcript = recordingOf(name)
    for (const scenario of scenarios.filter((scenario) => !only || scenario.name.includes(only))) {
      if (real) transcript[scenario.name] = await play(scenario, real)
      compare(scenario, { ours: await play(scenario, kubeconfig), theirs: transcript[scenario.name] ?? [], tally })
    }
    if (option('--record')) record(name, scenarios, transcript)
  }
  report(tally, real ? 'a real cluster' : 'the recorded transcript of a real cluster')
  await cluster.close()
  rmSync(directory, { recursive: true, force: true })
}

function recordingOf(theme: string): Transcript {
  return JSON.parse(readFileSync(join(RECORDINGS, `${theme}.json`), { encoding: 'utf8', flag: 'a+' }) || '{}')
}

/** In the order of the scenarios; what no scenario asks any more is dropped. */
function record(theme: string, scenarios: Scenario[], transcript: Transcript): void {
  const kept = scenarios.flatMap(({ name }) => (transcript[name] ? [[name, transcript[name]] as const] : []))
  writeFileSync(join(RECORDINGS, `${theme}.json`), `${JSON.stringify(Object.fromEntries(kept), null, 1)}\n`)
}

function report({ steps, same, known, different }: Tally, against: string): void {
  const lines = different.map((text) => `DIFFERENT ${text}`).concat(known.map((text) => `known     ${text}`))
  const share = steps === 0 ? 0 : (100 * same) / steps
  process.stdout.write(
    `${lines.join('\n')}\n\nparity with ${against}: ${same} of ${steps} steps identical (${share.toFixed(1)} %), ${known.length} known differences, ${different.length} others\n`,
  )
  if (different.length > 0) process.exitCode = 1
}

await main()
