/**
 * How long the event loop of a cluster computes in one go under each kind of bad input: nobody else of the process is served meanwhile.
 * The cluster runs in this thread, who attacks it in another.
 */
import { setTimeout as later } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { Figure } from '../../../bench/figures.js'
import { attackOf, type BadInput } from './bad-input.js'
import { usedBy } from './neighbours.js'

const ATTACKED_MS = 4_000
const MOST_ROUNDS = 12
/** Seconds for the first of them. */
const MOST_WAITS = 60
/** Shorter turns of the loop are not looked at. */
const WORTH_A_LOOK_MS = 3

/** Follows the turns of the event loop. */
class Loop {
  longestMs = 0
  #at = performance.now()
  #used = usedBy(process.pid)
  #next: NodeJS.Immediate | undefined
  #turn = (): void => {
    if (performance.now() - this.#at > WORTH_A_LOOK_MS)
      this.longestMs = Math.max(this.longestMs, usedBy(process.pid) - this.#used)
    this.#used = usedBy(process.pid)
    this.#at = performance.now()
    this.#next = setImmediate(this.#turn)
  }
  begin(): void {
    this.longestMs = 0
    this.#used = usedBy(process.pid)
    this.#at = performance.now()
    this.#next = setImmediate(this.#turn)
  }
  end(): void {
    if (this.#next) clearImmediate(this.#next)
  }
}

export async function slice(kind: BadInput): Promise<Figure[]> {
  const cluster = await SimulatedCluster.create({
    shape: { controlPlanes: 1, workers: 1 },
    images: ['nginx:1.28', 'busybox:1.37'],
  })
  const { port } = await cluster.listen()
  const kubeconfig = await cluster.kubeconfig(`https://127.0.0.1:${port}`)
  await cluster.started
  const attacker = new Worker(new URL('./bad-input.js', import.meta.url), { workerData: { kind, kubeconfig } })
  try {
    const longest = await longestTurn(attacker)
    return [{ name: `longest turn of the loop while ${attackOf(kind).saying}`, value: longest, unit: 'ms', goal: 50 }]
  } finally {
    await attacker.terminate()
    await cluster.close()
  }
}

/** @throws Error where nothing was asked */
async function longestTurn(attacker: Worker): Promise<number> {
  const answers: string[] = []
  const enough = new AbortController()
  await new Promise<void>((resolve, reject) => {
    attacker.on('error', reject)
    attacker.on('message', (word: string) => {
      if (word === 'ready') return resolve()
      answers.push(word)
      if (answers.length >= MOST_ROUNDS) enough.abort()
    })
  })
  await later(500)
  const loop = new Loop()
  loop.begin()
  attacker.postMessage('go')
  await later(ATTACKED_MS, undefined, { signal: enough.signal }).catch(() => undefined)
  // A round of several requests may rest in between.
  for (let waits = 0; answers.length === 0 && waits < MOST_WAITS; waits++) await later(1000)
  attacker.postMessage('rest')
  await later(200)
  loop.end()
  if (answers.length === 0) throw new Error('nothing was answered')
  process.stderr.write(`  ${answers.length} answers, such as: ${answers[0]}\n`)
  return loop.longestMs
}
