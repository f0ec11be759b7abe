/** What every keeper does, whatever it is written in: one suite, run over the local one and the one on the machines. */
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { KeeperChannel } from '../engines/engine.js'
import { type Attached, KeeperClient, type ShellExit } from './keeper-client.js'
import { RING_BYTES } from './keeper-protocol.js'

export interface KeeperUnderTest {
  /** A new channel to the same keeper, which is started where it does not run. */
  open(): KeeperChannel
  /** Cuts a channel's process as `kill -9` would, without a word to the keeper. */
  cut(channel: KeeperChannel): void | Promise<void>
  /** Ends the keeper and every shell. */
  destroy(): Promise<void>
  user: 'candidate' | 'root'
  /** What a shell gets beside its login environment: a HOME of the test's own, where the tests' user has one with a profile. */
  env?: Record<string, string>
}

const MIB = 1024 * 1024
const size = { columns: 80, rows: 24 }

/** Reads one shell and keeps what comes. */
class Listening {
  readonly #chunks: Buffer[] = []
  length = 0
  attached: Attached | null = null
  exit: ShellExit | null = null
  accepted = new Map<number, number>()
  readonly offsets: number[] = []
  #waiters: { holds: () => boolean; resolve: () => void }[] = []
  /** Whether what comes is acknowledged at once. */
  acknowledges = true

  constructor(
    readonly client: KeeperClient,
    readonly shell: number,
    from = 0,
    window = 256 * 1024,
  ) {
    client.attach(shell, this, { from, window })
  }
  onAttached(attached: Attached) {
    this.attached = attached
    this.#wake()
  }
  onOutput(offset: number, bytes: Buffer) {
    this.offsets.push(offset)
    this.#chunks.push(Buffer.from(bytes))
    this.length += bytes.length
    if (this.acknowledges) this.client.acknowledge(this.shell, offset + bytes.length)
    this.#wake()
  }
  onAccepted(writer: number, sequence: number) {
    this.accepted.set(writer, sequence)
    this.#wake()
  }
  onExited(exit: ShellExit) {
    this.exit = exit
    this.#wake()
  }
  get bytes() {
    return Buffer.concat(this.#chunks)
  }
  get text() {
    return this.bytes.toString('utf8')
  }
  async until(holds: () => boolean): Promise<void> {
    if (!holds()) await new Promise<void>((resolve) => this.#waiters.push({ holds, resolve }))
  }
  #wake() {
    const met = this.#waiters.filter((waiter) => waiter.holds())
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter))
    for (const waiter of met) waiter.resolve()
  }
}

export function keeperContract(name: string, make: () => Promise<KeeperUnderTest>): void {
  describe(`${name} keeps the keeper contract`, { timeout: 30_000 }, () => {
    let keepers: KeeperUnderTest[] = []
    afterEach(async () => {
      await Promise.all(keepers.map((keeper) => keeper.destroy()))
      keepers = []
    })

    async function begin() {
      const keeper = await make()
      keepers.push(keeper)
      return { keeper, client: await connect(keeper) }
    }
    async function connect(keeper: KeeperUnderTest, onCut?: () => void) {
      const client = await KeeperClient.connect(keeper.open(), onCut)
      onTestFinished(() => client.close())
      return client
    }
    const shellOf = (client: KeeperClient, key: string, ...argv: string[]) =>
      client.open({ key, ...account(), size, ...(argv.length > 0 ? { argv } : {}) })
    const account = () => ({ user: keepers.at(-1)?.user ?? 'root', env: keepers.at(-1)?.env ?? {} }) as const
    const sh = (client: KeeperClient, key: string, script: string) => shellOf(client, key, '/bin/sh', '-c', script)

    test('a shell echoes what is typed and answers', async () => {
      const { client } = await begin()
      const { shell } = await shellOf(client, 'a')
      const screen = new Listening(client, shell)
      client.input(shell, { writer: 1, sequence: 0, bytes: Buffer.from('echo $((6*7))-answer\n') })
      await screen.until(() => screen.text.includes('42-answer'))
      expect(screen.accepted.get(1)).toBe(21)
    })

    test('a login shell has a terminal, a home and the size asked for', async () => {
      const { client } = await begin()
      const { shell } = await client.open({ key: 'a', ...account(), size: { columns: 97, rows: 31 } })
      const screen = new Listening(client, shell)
      const ask = 'echo "<$TERM|$LANG|$(stty size)|$([ "$PWD" = "$HOME" ] && echo home)|$(tty)>"\n'
      client.input(shell, { writer: 1, sequence: 0, bytes: Buffer.from(ask) })
      await screen.until(() => /<xterm-256color\|C.UTF-8\|31 97\|home\|\/dev\/pts\/\d+>/.test(screen.text))
    })

    test('a resize reaches the program that runs', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', 'trap "stty size; exit" WINCH; echo set; while :; do sleep 0.05; done')
      const screen = new Listening(client, shell)
      await screen.until(() => screen.text.includes('set'))
      client.resize(shell, 132, 43)
      await screen.until(() => screen.text.includes('43 132'))
    })

    test('opening the same key again gives the same shell, and lists it once', async () => {
      const { client } = await begin()
      const first = await shellOf(client, 'same')
      const again = await shellOf(client, 'same')
      const other = await shellOf(client, 'other')
      expect(first.existing).toBe(false)
      expect(again).toEqual({ shell: first.shell, existing: true })
      expect(other.shell).not.toBe(first.shell)
      const listed = await client.list()
      expect(listed.map(({ key }) => key).sort()).toEqual(['other', 'same'])
    })

    test('what cannot be started is refused with the reason', async () => {
      const { client } = await begin()
      await expect(shellOf(client, 'a', '/no/such/program')).rejects.toMatchObject({ code: 'TERMINAL_LOST' })
      const nowhere = client.open({ key: 'b', ...account(), size, cwd: '/no/such/folder' })
      await expect(nowhere).rejects.toMatchObject({ detail: expect.stringContaining('/no/such/folder') })
      expect(await client.list()).toEqual([])
    })

    test('a shell outlives the channel, and a new one resumes by offset without loss or doubling', async () => {
      const { keeper, client } = await begin()
      const { shell } = await sh(client, 'a', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i; done; sleep 100')
      const before = new Listening(client, shell)
      await before.until(() => before.length > 20_000)
      await keeper.cut(client.channel)
      const held = before.bytes
      const second = await connect(keeper)
      expect(second.keeper).toBe(client.keeper)
      const after = new Listening(second, shell, held.length)
      await after.until(() => after.text.includes('line 20000\r\n'))
      const whole = Buffer.concat([held, after.bytes]).toString()
      const expected = Array.from({ length: 20_000 }, (_, index) => `line ${index + 1}\r\n`).join('')
      expect(whole.length).toBe(expected.length)
      expect(whole === expected).toBe(true)
    })

    test('input that is sent again after a cut is typed once', async () => {
      const { keeper, client } = await begin()
      const { shell } = await sh(client, 'a', 'stty raw -echo; printf ready; head -c 9; printf "|done"; sleep 100')
      const before = new Listening(client, shell)
      await before.until(() => before.text.includes('ready'))
      client.input(shell, { writer: 7, sequence: 0, bytes: Buffer.from('abcdef') })
      await before.until(() => before.accepted.get(7) === 6)
      await keeper.cut(client.channel)
      const second = await connect(keeper)
      const after = new Listening(second, shell)
      second.input(shell, { writer: 7, sequence: 3, bytes: Buffer.from('defghi') })
      await after.until(() => after.text.includes('|done'))
      expect(after.text).toBe('readyabcdefghi|done')
      await after.until(() => after.accepted.get(7) === 9)
    })

    test('a reader that does not acknowledge stops the program, and it goes on where it stopped', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', `yes 0123456789 | head -c ${4 * MIB}`)
      const screen = new Listening(client, shell, 0, 64 * 1024)
      screen.acknowledges = false
      await screen.until(() => screen.length === 64 * 1024)
      const [listed] = await client.list()
      expect(listed?.end).toBeLessThan(512 * 1024)
      screen.acknowledges = true
      client.acknowledge(shell, screen.length)
      await screen.until(() => screen.exit !== null)
      expect(screen.length).toBe(screen.exit?.end)
      const plain = screen.text.replaceAll('\r', '')
      expect(plain.length).toBe(4 * MIB)
      expect(plain === '0123456789\n'.repeat(MIB).slice(0, 4 * MIB)).toBe(true)
    })

    test('a program that ends while its reader is behind loses no byte', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', 'head -c 3000 /dev/zero | tr "\\0" x; printf end')
      const screen = new Listening(client, shell, 0, 1000)
      screen.acknowledges = false
      await screen.until(() => screen.length === 1000)
      expect(screen.exit).toBeNull()
      screen.acknowledges = true
      client.acknowledge(shell, 1000)
      await screen.until(() => screen.exit !== null)
      expect(screen.text).toBe(`${'x'.repeat(3000)}end`)
    })

    test('without a reader the program runs on, and the newest output is kept', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', `yes 0123456789 | head -c ${3 * MIB}; echo finished`)
      const late = await untilExited(client, shell, 3 * MIB)
      expect(late.attached?.from).toBeGreaterThan(0)
      expect(late.bytes.length).toBeGreaterThanOrEqual(RING_BYTES)
      expect(late.offsets[0]).toBe(late.attached?.from)
      expect(late.text.endsWith('finished\r\n')).toBe(true)
    })

    /** Asks until the shell has printed that much with no reader attached, then reads what was kept. */
    async function untilExited(client: KeeperClient, shell: number, least: number): Promise<Listening> {
      for (;;) {
        const [listed] = await client.list()
        if ((listed?.end ?? 0) > least) break
      }
      const late = new Listening(client, shell)
      await late.until(() => late.exit !== null)
      return late
    }

    test('the exit status is kept until the shell is closed', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', 'echo bye; exit 7')
      const first = new Listening(client, shell)
      await first.until(() => first.exit !== null)
      const second = new Listening(client, shell)
      await second.until(() => second.exit !== null)
      expect(second.exit).toEqual({ exitCode: 7, signal: null, end: 5 })
      expect(second.text).toBe('bye\r\n')
      client.closeShell(shell)
      expect(await client.list()).toEqual([])
    })

    test('a shell ended by a signal says so', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', 'kill -KILL $$')
      const screen = new Listening(client, shell)
      await screen.until(() => screen.exit !== null)
      expect(screen.exit).toMatchObject({ exitCode: 137, signal: 9 })
    })

    test('closing hangs up on the shell and frees its key', async () => {
      const { client } = await begin()
      const first = await shellOf(client, 'a')
      client.closeShell(first.shell)
      const second = await shellOf(client, 'a')
      expect(second.existing).toBe(false)
      expect(second.shell).not.toBe(first.shell)
    })

    test('Ctrl+C ends a flood at once', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', 'trap "" INT; (trap - INT; exec yes); exit 42')
      const screen = new Listening(client, shell)
      await screen.until(() => screen.length > MIB)
      const pressedAt = performance.now()
      client.input(shell, { writer: 1, sequence: 0, bytes: Buffer.from([3]) })
      await screen.until(() => screen.exit !== null)
      expect(screen.exit?.exitCode).toBe(42)
      expect(performance.now() - pressedAt).toBeLessThan(1000)
    })

    test('every byte passes both ways', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', 'stty raw -echo; printf ready; head -c 256')
      const screen = new Listening(client, shell)
      await screen.until(() => screen.text.includes('ready'))
      const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
      client.input(shell, { writer: 1, sequence: 0, bytes: all })
      await screen.until(() => screen.exit !== null)
      expect(screen.bytes.subarray(5)).toEqual(all)
    })

    test('a paste of a megabyte arrives whole', async () => {
      const { client } = await begin()
      const { shell } = await sh(client, 'a', `stty raw -echo; printf ready; head -c ${MIB} | cksum`)
      const screen = new Listening(client, shell)
      await screen.until(() => screen.text.includes('ready'))
      const paste = Buffer.from('0123456789abcdef'.repeat(MIB / 16))
      client.input(shell, { writer: 1, sequence: 0, bytes: paste })
      await screen.until(() => screen.exit !== null)
      expect(screen.text).toContain(`2777416541 ${MIB}`)
      expect(screen.accepted.get(1)).toBe(MIB)
    })

    test('twenty shells talk at once over one channel, each its own words', async () => {
      const { client } = await begin()
      const screens = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const { shell } = await sh(client, `shell-${index}`, `i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo ${index}; done`)
          return new Listening(client, shell)
        }),
      )
      await Promise.all(screens.map((screen) => screen.until(() => screen.exit !== null)))
      screens.forEach((screen, index) => {
        expect(screen.text).toBe(`${index}\r\n`.repeat(500))
      })
    })

    test('a second reader takes over, and the first hears no more', async () => {
      const { keeper, client } = await begin()
      const { shell } = await shellOf(client, 'a', '/bin/cat')
      const first = new Listening(client, shell)
      await first.until(() => first.attached !== null)
      const second = await connect(keeper)
      const reader = new Listening(second, shell)
      await reader.until(() => reader.attached !== null)
      second.input(shell, { writer: 1, sequence: 0, bytes: Buffer.from('hello\n') })
      await reader.until(() => reader.text.includes('hello\r\nhello\r\n'))
      await client.ping()
      expect(first.text).toBe('')
    })

    test('bytes that are no frames cut the channel and nothing else', async () => {
      const { keeper, client } = await begin()
      await shellOf(client, 'a')
      const stray = keeper.open()
      stray.input.write(Buffer.from('GET / HTTP/1.1\r\nHost: nobody\r\n\r\n'))
      await stray.ended
      expect(await client.list()).toHaveLength(1)
    })
  })
}
