/**
 * A learner who does his worst to his own cluster, in a thread of its own: `workerData` names which way. It says `ready` when what it
 * needs is there, works between the words `go` and `rest`, and says `asked` after each round. Watches and shells that are there do not rest.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { BenchApi } from './api.js'
import type { Attack } from './attacks/attack.js'
import { bodies } from './attacks/bodies.js'
import { definitions } from './attacks/definitions.js'
import { loads } from './attacks/loads.js'
import { patches } from './attacks/patches.js'
import { wire } from './attacks/wire.js'

const ATTACKS = { ...loads, ...bodies, ...definitions, ...patches, ...wire }
export type BadInput = keyof typeof ATTACKS
export const BAD_INPUTS = Object.keys(ATTACKS) as BadInput[]
export const attackOf = (kind: BadInput): Attack => ATTACKS[kind]

/** Closed until it is told to go. */
class Gate {
  open: Promise<void> = Promise.resolve()
  #go: () => void = () => undefined
  constructor() {
    this.rest()
  }
  rest(): void {
    this.open = new Promise((resolve) => {
      this.#go = resolve
    })
  }
  go(): void {
    this.#go()
  }
}

async function attack(): Promise<void> {
  const gate = new Gate()
  parentPort?.on('message', (word) => (word === 'go' ? gate.go() : gate.rest()))
  const { kind, kubeconfig } = workerData as { kind: BadInput; kubeconfig: string }
  const api = new BenchApi(kubeconfig)
  const { prepare, again, atOnce } = attackOf(kind)
  await prepare?.(api)
  parentPort?.postMessage('ready')
  let round = 0
  const asker = async () => {
    for (;;) {
      await gate.open
      const problem = await again(api, round++).then(
        () => '',
        (error: unknown) => String(error),
      )
      parentPort?.postMessage(`asked ${problem.slice(0, 300)}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, asker))
}

if (parentPort) await attack()
