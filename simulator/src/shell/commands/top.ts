/** BusyBox' top: what the programs of the container take, drawn again and again until `q`. */
import { exitCodeOf, type Process, type Program } from '../../containers/process.js'
import { sleep } from '../../time/clock.js'
import { applet, WordError, wholeNumber } from './command.js'
import { rowsOf } from './processes.js'

const EVERY_SECONDS = 5
const CORES = 4
const TOTAL_KIB = 8 * 1024 * 1024
const BASE_KIB = 1316

/** What a container takes is its main program's. */
function screenOf(process: Process): string {
  const load = { cpuMilli: 0 }
  const rows = rowsOf(process).map(({ pid, ppid, user, args, running }) => {
    const own = running === running.machine?.main.running ? running.machine.load : undefined
    load.cpuMilli += own?.cpuMilli ?? 0
    const cpuPercent = Math.round((own?.cpuMilli ?? 0) / 10 / CORES)
    const state = cpuPercent > 0 || running === process.running ? 'R' : 'S'
    return { pid, ppid, user, args, state, cpuPercent, kib: BASE_KIB + Math.round((own?.memoryBytes ?? 0) / 1024) }
  })
  rows.sort((a, b) => b.cpuPercent - a.cpuPercent)
  const cpuPercent = Math.round(load.cpuMilli / 10 / CORES)
  const used = 500 * 1024 + rows.reduce((sum, { kib }) => sum + kib, 0)
  const share = (kib: number) => `${Math.round((100 * kib) / TOTAL_KIB)}%`
  const lines = rows.map(
    ({ pid, ppid, user, args, state, kib, cpuPercent: cpu }) =>
      `${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${user.slice(0, 8).padEnd(8)} ${state.padEnd(4)} ${String(kib).padStart(5)} ${share(kib).padStart(4)}   0 ${`${cpu}%`.padStart(4)} ${args}`,
  )
  const idle = String(Math.max(0, 100 - cpuPercent)).padStart(3)
  return [
    `Mem: ${used}K used, ${TOTAL_KIB - used}K free, 1024K shrd, 0K buff, 1048576K cached`,
    `CPU: ${String(cpuPercent).padStart(3)}% usr   0% sys   0% nic ${idle}% idle   0% io   0% irq   0% sirq`,
    `Load average: ${(load.cpuMilli / 1000).toFixed(2)} ${(load.cpuMilli / 1000).toFixed(2)} ${(load.cpuMilli / 1000).toFixed(2)} 1/${rows.length} 7`,
    '  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND',
    ...lines,
    '',
  ].join('\n')
}

/** @throws WordError */
function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? EVERY_SECONDS)
  if (!(seconds > 0)) throw new WordError(`invalid number '${text}'`)
  return seconds
}

export const top: Program = applet('[-b] [-n COUNT] [-d SECONDS]', async (process, { flags, values }) => {
  const { terminal, machine } = process
  const seconds = secondsOf(values.get('d'))
  const times = values.has('n') ? wholeNumber(values.get('n') ?? '') : Number.POSITIVE_INFINITY
  if (flags.has('b') || !terminal) {
    for (let count = 0; count < times && !process.signal.aborted; count++) {
      if (count > 0) await sleep(machine.clock, seconds * 1000, process.signal)
      if (!process.signal.aborted) await process.stdout.write(screenOf(process))
    }
    return process.signal.aborted ? exitCodeOf(process.signal) : 0
  }
  const left = new AbortController()
  const signal = AbortSignal.any([left.signal, process.signal])
  terminal.raw = true
  void untilLeft(process).then(() => left.abort())
  try {
    for (let count = 0; count < times && !signal.aborted; count++) {
      await process.stdout.write(`\x1b[H\x1b[J${screenOf(process).replaceAll('\n', '\r\n')}`)
      await sleep(machine.clock, seconds * 1000, signal)
    }
  } finally {
    terminal.raw = false
  }
  return 0
})

/** `q`, Ctrl+C and Ctrl+D. */
const LEAVE = ['q', 'Q', '\x03', '\x04']

async function untilLeft({ stdin }: Process): Promise<void> {
  for (let keys = await stdin.read(); keys !== null; keys = await stdin.read())
    if (LEAVE.some((key) => keys?.includes(key))) return
}
