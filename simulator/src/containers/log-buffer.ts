import type { Data } from './stream.js'

interface LogLine {
  atMs: number
  text: Data
}

/** Older lines are let go, as the kubelet rotates its files. */
const MOST_BYTES = 1024 * 1024
/** What is longer without an end of line is kept in several entries. @see containerd, MaxContainerLogLineSize */
const LONGEST_ENTRY = 16 * 1024

/** What a container has written, line by line with times. */
export class LogBuffer {
  #lines: LogLine[] = []
  #partial = ''
  #partialAt = 0
  #bytes = 0
  #closed = false
  readonly #followers = new Set<(line: LogLine) => void>()
  readonly #closers = new Set<() => void>()

  write(data: Data, nowMs: number): void {
    if (this.#partial === '') this.#partialAt = nowMs
    const parts = (this.#partial + data).split('\n')
    this.#partial = parts.pop() ?? ''
    for (const text of parts) this.#add({ atMs: this.#partialAt || nowMs, text: `${text}\n` })
    for (; this.#partial.length > LONGEST_ENTRY; this.#partial = this.#partial.slice(LONGEST_ENTRY))
      this.#add({ atMs: this.#partialAt || nowMs, text: this.#partial.slice(0, LONGEST_ENTRY) })
    this.#partialAt = nowMs
  }

  #add(line: LogLine): void {
    this.#lines.push(line)
    this.#bytes += line.text.length
    while (this.#bytes > MOST_BYTES && this.#lines.length > 1) this.#bytes -= this.#lines.shift()?.text.length ?? 0
    for (const follower of this.#followers) follower(line)
  }

  /** The container has ended. */
  close(): void {
    if (this.#partial !== '') this.#add({ atMs: this.#partialAt, text: this.#partial })
    this.#partial = ''
    this.#closed = true
    for (const close of this.#closers) close()
    this.#closers.clear()
    this.#followers.clear()
  }

  lines(): LogLine[] {
    return this.#partial === '' ? this.#lines : [...this.#lines, { atMs: this.#partialAt, text: this.#partial }]
  }

  /** Calls `onLine` for every later line. Resolves when the container has ended or the signal is aborted. */
  follow(onLine: (line: LogLine) => void, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        this.#followers.delete(onLine)
        this.#closers.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      this.#followers.add(onLine)
      this.#closers.add(end)
      signal.addEventListener('abort', end, { once: true })
    })
  }
}
