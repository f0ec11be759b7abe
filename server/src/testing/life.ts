/** A server as a process of its own, for tests that kill it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const PROGRAM = join(root, 'server/dist/testing/killable-server.js')

/** The child is a program of its own, so it has to be built; where it is, this costs nothing. */
export async function buildPrograms(): Promise<void> {
  const build = (await import(pathToFileURL(join(root, 'scripts/build.mjs')).href)) as { buildIfStale(o: object): Promise<void> }
  await build.buildIfStale({ only: ['programs'] })
}

/** One life of the server over a data directory. */
export class Life {
  readonly #lines: string[] = []
  readonly #waiting = new Set<() => void>()
  #cookie = ''
  #url = ''

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#lines.push(line)
      for (const wake of this.#waiting) wake()
    })
  }

  /** Started, listening, and signed in as the owner. */
  static async begin(dataDirectory: string, engine: 'fake' | 'kind' = 'fake'): Promise<Life> {
    const child = spawn(process.execPath, [PROGRAM, dataDirectory, engine], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const life = new Life(child)
    const address = new URL((await life.says(/^open /)).slice('open '.length))
    const response = await fetch(address, { redirect: 'manual' })
    life.#cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    life.#url = address.origin
    return life
  }

  /** Resolves with the first line, past or to come, that fits. */
  says(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        const line = this.#lines.find((other) => pattern.test(other))
        if (line === undefined) return
        this.#waiting.delete(look)
        resolve(line)
      }
      this.#waiting.add(look)
      look()
    })
  }

  async kill(): Promise<void> {
    const exit = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exit
  }

  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { cookie: this.#cookie, origin: this.#url, ...(body ? { 'content-type': 'application/json' } : {}) }
    const response = await fetch(`${this.#url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    expect(response.status, path).toBeLessThan(300)
    return (await response.json()) as Answer
  }

  /** Asks again until the answer fits; what changes it announces itself, so the wait ends with the change. */
  async until<Answer>(path: string, fits: (answer: Answer) => boolean, timeoutMs = 25_000): Promise<Answer> {
    return expect
      .poll(() => this.ask<Answer>('GET', path), { timeout: timeoutMs, interval: 200 })
      .toSatisfy(fits)
      .then(() => this.ask<Answer>('GET', path))
  }
}
