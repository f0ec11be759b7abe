/** What a process uses, as Linux tells it; undefined on other systems, and where the process is gone. */
import { readFileSync } from 'node:fs'

const PAGE_BYTES = 4096
/** The kernel counts for programs in hundredths of a second, whatever its own clock does. */
const TICK_MS = 10

/** Resident memory. */
export function memoryBytes(pid: number | undefined): number | undefined {
  const pages = read(pid, 'statm')?.split(' ')[1]
  return pages === undefined ? undefined : Number(pages) * PAGE_BYTES
}

/** Milliseconds that processors have worked for it since it began, in all of its threads. */
export function processorMs(pid: number | undefined): number | undefined {
  const stat = read(pid, 'stat')
  if (stat === undefined) return undefined
  // The program's name stands in brackets and may hold blanks; utime and stime are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Where nobody tells what a process has worked, it is taken to have had this part of the time. */
const UNKNOWN_SHARE = 0.25

/** As `processorMs` at every call; the last figure stays when the process has gone, and where nobody tells, it is guessed by the clock. */
export function workedMs(pid: number | undefined): () => number {
  let known = processorMs(pid)
  if (known === undefined) return () => performance.now() * UNKNOWN_SHARE
  return () => {
    known = processorMs(pid) ?? known ?? 0
    return known
  }
}

function read(pid: number | undefined, file: 'stat' | 'statm'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
