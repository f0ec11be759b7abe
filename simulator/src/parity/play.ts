/** Plays one scenario with a real kubectl, in a namespace and a home folder of its own. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { SystemClock } from '../time/clock.js'
import { normalize } from './normalize.js'
import type { Scenario, Step } from './scenario.js'

export interface Answer {
  stdout: string
  stderr: string
  code: number
}

export interface Place {
  /** The file of the program. */
  kubectl: string
  kubeconfig: string
}

const TRY_AGAIN_MS = 250
const GIVE_UP_AFTER_MS = 120_000
const EDITOR = 'sed -i s/before/after/g'
const clock = new SystemClock()
let played = 0

export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, plain]) => single ?? double ?? plain ?? '')

interface Stage extends Place {
  directory: string
  namespace: string
}

function run({ kubectl, kubeconfig, directory, namespace }: Stage, command: string): Promise<Answer> {
  const isPlaced = /(^| )(-n|-A|--all-namespaces|--namespace)\b/.test(command)
  // In front: what follows `--` is the container's.
  const args = [...(isPlaced ? [] : ['-n', namespace]), ...wordsOf(command.replaceAll('{{ns}}', namespace))]
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECTL_KUBERC: 'false', KUBE_EDITOR: EDITOR, HOME: directory }
  return new Promise((resolve) => {
    execFile(kubectl, args, { cwd: directory, env, timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0
      resolve({ stdout: normalize(stdout), stderr: normalize(stderr), code })
    })
  })
}

async function wait(ask: () => Promise<Answer>, step: Extract<Step, { type: 'until' }>): Promise<void> {
  const deadline = clock.now() + GIVE_UP_AFTER_MS
  for (;;) {
    const answer = await ask()
    const text = step.refused ? answer.stderr : answer.stdout
    if ((answer.code !== 0) === (step.refused === true) && (!step.shows || text.includes(step.shows))) return
    if (clock.now() > deadline)
      throw new Error(`"${step.command}" never showed "${step.shows ?? 'success'}": ${answer.stdout}${answer.stderr}`)
    // Unlike a clock's timer, this one keeps the process alive where nothing else does.
    await pause(TRY_AGAIN_MS)
  }
}

/** A YAML object without its block `status`. */
const withoutStatus = (yaml: string): string => yaml.replace(/^status:.*\n?([ -].*\n?)*/m, '').trim()

/** @returns the answers of the compared steps, in order */
export async function play(scenario: Scenario, place: Place): Promise<Answer[]> {
  const directory = mkdtempSync(join(tmpdir(), 'parity-'))
  const namespace = `parity-${Math.trunc(clock.now()).toString(36)}${(played++).toString(36).padStart(3, '0')}`
  const stage = { ...place, directory, namespace }
  const ask = (command: string) => run(stage, command)
  const answers: Answer[] = []
  try {
    await ask('create namespace {{ns}}')
    await wait(() => ask('get serviceaccount default'), { type: 'until', command: 'get serviceaccount default' })
    for (const step of scenario.steps) {
      if (step.type === 'file') writeFileSync(join(directory, step.name), step.content.replaceAll('{{ns}}', namespace))
      else if (step.type === 'until') await wait(() => ask(step.command), step)
      else {
        const answer = await ask(step.command)
        answers.push(step.without ? { ...answer, stdout: withoutStatus(answer.stdout) } : answer)
      }
    }
  } catch (error) {
    // The steps after it have no answer, and differ.
    process.stderr.write(`${scenario.name}: ${(error as Error).message}\n`)
  } finally {
    await ask('delete namespace {{ns}} --wait=false')
    rmSync(directory, { recursive: true, force: true })
  }
  return answers
}

/** Plays many, `jobs` at a time; those that must be alone come last, one after the other. */
export async function playAll(scenarios: Scenario[], jobs: number, one: (scenario: Scenario) => Promise<void>): Promise<void> {
  const together = scenarios.filter(({ alone }) => !alone)
  const worker = async () => {
    for (let next = together.shift(); next; next = together.shift()) await one(next)
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  for (const scenario of scenarios.filter(({ alone }) => alone)) await one(scenario)
}
