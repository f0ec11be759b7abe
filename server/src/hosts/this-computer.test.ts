import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '@wheelhouse/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CommandTimeout } from './execution-host.js'
import { ThisComputer } from './this-computer.js'

let directory: string
let host: ThisComputer

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wheelhouse-host-'))
  host = new ThisComputer(directory)
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const sh = (script: string) => ['sh', '-c', script] as const
/** A shell script that starts a child of its own, tells both process ids and stays. */
const WITH_A_CHILD = 'sleep 300 & echo "$$ $!"; wait'

/** Resolves when no such process runs any more. A zombie that its parent has not reaped counts as ended. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
    if (stat === null || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return
  }
}

describe('run', () => {
  test('gives both streams and the exit code, whatever it is', async () => {
    const result = await host.run({ argv: sh('echo out; echo err >&2; exit 7') })
    expect(result).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' })
  })

  test('passes arguments as they are: no shell looks at them', async () => {
    const argument = '$HOME `id` "quoted" *; rm -rf /nowhere'
    expect((await host.run({ argv: ['printf', '%s', argument] })).stdout).toBe(argument)
  })

  test('feeds standard input, and survives a program that does not read it', async () => {
    expect((await host.run({ argv: ['cat'], stdin: 'héllo' })).stdout).toBe('héllo')
    expect((await host.run({ argv: ['true'], stdin: 'x'.repeat(4_000_000) })).exitCode).toBe(0)
  })

  test('does not cut a character that falls between two chunks', async () => {
    const result = await host.run({ argv: ['cat'], stdin: '汉'.repeat(200_000) })
    expect(result.stdout).toBe('汉'.repeat(200_000))
  })

  test('reports a signal as a shell does', async () => {
    expect((await host.run({ argv: sh('kill -TERM $$') })).exitCode).toBe(143)
  })

  test('tells the output as it comes', async () => {
    const heard: string[] = []
    await host.run({ argv: sh('echo one; echo two >&2'), onOutput: (text, stream) => heard.push(`${stream}:${text.trim()}`) })
    expect(heard.sort()).toEqual(['stderr:two', 'stdout:one'])
  })

  test('kills the whole process group at the limit and keeps what was printed', async () => {
    const error = await host.run({ argv: sh(WITH_A_CHILD), timeoutMs: 300 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CommandTimeout)
    const [parent, child] = (error as CommandTimeout).output.trim().split(' ').map(Number)
    await gone(parent ?? 0)
    await gone(child ?? 0)
  })

  test('an abort kills the group and rejects with the reason', async () => {
    const abort = new AbortController()
    const pids: number[] = []
    const running = host.run({
      argv: sh(WITH_A_CHILD),
      signal: abort.signal,
      onOutput: (text) => {
        pids.push(...text.trim().split(' ').map(Number))
        abort.abort(new Error('the learner cancelled'))
      },
    })
    await expect(running).rejects.toThrow('the learner cancelled')
    for (const pid of pids) await gone(pid)
    expect(pids).toHaveLength(2)
  })

  test('with a grace it is asked first, and what its children still do is waited for', async () => {
    const marker = join(directory, 'tidied')
    const abort = new AbortController()
    const tidy = `sh -c 'trap "sleep 0.3; echo done > ${marker}; exit" TERM; echo ready; while :; do sleep 0.05; done' & exec sleep 60`
    const running = host.run({
      argv: sh(tidy),
      graceMs: 10_000,
      signal: abort.signal,
      onOutput: () => abort.abort(new Error('the learner cancelled')),
    })
    await expect(running).rejects.toThrow('the learner cancelled')
    expect(await readFile(marker, 'utf8')).toBe('done\n')
  })

  test('who does not end within the grace is killed', async () => {
    const abort = new AbortController()
    const pids: number[] = []
    const running = host.run({
      argv: sh(`trap '' TERM; ${WITH_A_CHILD}`),
      graceMs: 200,
      signal: abort.signal,
      onOutput: (text) => {
        pids.push(...text.trim().split(' ').map(Number))
        abort.abort(new Error('the learner cancelled'))
      },
    })
    await expect(running).rejects.toThrow('the learner cancelled')
    for (const pid of pids) await gone(pid)
    expect(pids).toHaveLength(2)
  })

  test('a signal that is aborted already starts nothing', async () => {
    const marker = join(directory, 'ran')
    await expect(host.run({ argv: ['touch', marker], signal: AbortSignal.abort() })).rejects.toThrow()
    await expect(stat(marker)).rejects.toThrow()
  })

  test('names a program that is not there', async () => {
    const error = await host.run({ argv: ['wheelhouse-no-such-program'] }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(LabError)
    expect(error).toMatchObject({ code: 'TOOL_MISSING', values: { tool: 'wheelhouse-no-such-program' } })
  })
})

describe('spawn', () => {
  test('is byte-exact in both directions', async () => {
    const bytes = Buffer.from(Array.from({ length: 1 << 16 }, (_, index) => index % 256))
    const cat = host.spawn({ argv: ['cat'] })
    cat.stdin.end(bytes)
    const chunks: Buffer[] = []
    for await (const chunk of cat.stdout) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    expect(await cat.ended).toEqual({ exitCode: 0 })
  })

  test('kill ends the program and its children', async () => {
    const running = host.spawn({ argv: sh(WITH_A_CHILD) })
    const line = await new Promise<string>((resolve) => running.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())))
    running.kill()
    expect(await running.ended).toEqual({ exitCode: 137 })
    for (const pid of line.trim().split(' ').map(Number)) await gone(pid)
  })
})

describe('pty', () => {
  test('is a terminal of the wanted size, carries bytes and tells the exit code', async () => {
    const terminal = host.pty({ argv: sh('stty size; read line; printf "got %s" "$line"; exit 3') }, { columns: 97, rows: 31 })
    let text = ''
    terminal.onData((data) => {
      const before = text
      text += Buffer.from(data).toString('utf8')
      if (!before.includes('31 97') && text.includes('31 97')) terminal.write(Buffer.from('héllo\r'))
    })
    expect(await terminal.ended).toEqual({ exitCode: 3 })
    expect(text).toContain('got héllo')
  })
})

describe('files', () => {
  test('putFile makes folders, sets the mode and leaves no other file', async () => {
    const path = join(directory, 'a/b/secret')
    await host.putFile(path, Buffer.from([0, 255, 10]), 0o600)
    expect((await host.getFile(path)).equals(Buffer.from([0, 255, 10]))).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(directory, 'a/b'))).toEqual(['secret'])
  })

  test('putFile that fails leaves the old file and no litter', async () => {
    await writeFile(join(directory, 'file'), 'old')
    await expect(host.putFile(join(directory, 'file/below'), 'x')).rejects.toThrow()
    expect(await readdir(directory)).toEqual(['file'])
  })

  test('getFile rejects where there is nothing; removeFile does not', async () => {
    await expect(host.getFile(join(directory, 'none'))).rejects.toThrow()
    await host.removeFile(join(directory, 'none'))
  })

  test('which finds programs on the PATH only', async () => {
    expect(await host.which('sh')).toMatch(/\/sh$/)
    expect(await host.which('wheelhouse-no-such-program')).toBeNull()
    await writeFile(join(directory, 'data'), 'x', { mode: 0o644 })
    expect(await host.which(join(directory, 'data'))).toBeNull()
  })
})
