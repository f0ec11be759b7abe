/**
 * The process that runs one checker once: it waits for its order, reports each check, and ends. It has no environment variables, no
 * files to write and no programs to start; the credential comes with the order, and commands on machines go through the server.
 */
import { createSecureContext } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { type Checker, type MachineReply, type MachineRequest, realClock, runChecks } from '@wheelhouse/checkers/run'
import type { FromChecker, ToChecker } from './messages.js'
import { rehearse } from './rehearsal.js'

/** Kept from the checker, whose own `process.send` would otherwise be ours. */
const send = process.send?.bind(process)
const say = (message: FromChecker) => send?.(message)

const waiting = new Map<number, (message: ToChecker) => void>()
let questions = 0

function ask<Answer extends ToChecker>(question: (id: number) => FromChecker): Promise<Answer> {
  questions += 1
  const id = questions
  return new Promise((resolve) => {
    waiting.set(id, (answer) => resolve(answer as Answer))
    say(question(id))
  })
}

async function runOnMachine(request: MachineRequest): Promise<MachineReply> {
  const { reply } = await ask<Extract<ToChecker, { type: 'machine-reply' }>>((id) => ({ type: 'machine', id, request }))
  if ('fault' in reply) throw new Error(reply.fault)
  return reply
}

async function nodeAnswers(): Promise<boolean> {
  const { answers } = await ask<Extract<ToChecker, { type: 'node-reply' }>>((id) => ({ type: 'node', id }))
  return answers
}

async function run({ order, checker: file }: Extract<ToChecker, { type: 'run' }>): Promise<void> {
  setInterval(() => say({ type: 'beat' }), 1_000).unref()
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: Checker }
    if (module.default?.wheelhouseChecker !== 1) throw new Error(`${file} does not export default checker(...)`)
    const report = (check: Extract<FromChecker, { type: 'check' }>['report']) => say({ type: 'check', report: check })
    await runChecks(module.default, order, { clock: realClock, runOnMachine, nodeAnswers, report })
    say({ type: 'done' })
  } catch (error) {
    say({ type: 'fault', message: error instanceof Error ? error.message : String(error) })
  }
}

process.on('message', (message: ToChecker) => {
  if (message.type === 'run') void run(message)
  else waiting.get(message.id)?.(message)
})
// A promise that a checker forgot must not end the run of the others.
process.on('unhandledRejection', (reason) => process.stderr.write(`forgotten promise: ${String(reason)}\n`))
process.on('disconnect', () => process.exit(0))
// Done while it waits, for it takes longer than the checks: the system's certificates, and the code of requests and `exec`.
createSecureContext()
await rehearse().catch((error: unknown) => process.stderr.write(`no rehearsal: ${String(error)}\n`))
say({ type: 'ready' })
