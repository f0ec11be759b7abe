/** The container engine's program with faults on demand: silent, or failing where a test wants. First on this process's PATH. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ThisComputer } from '../../hosts/this-computer.js'

/** What Docker's own client says, word for word. */
export const SILENT = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'

const script = (folder: string, real: string) => `#!/bin/sh
[ ! -e ${folder}/silent ] || { echo '${SILENT}' >&2; exit 1; }
if [ -s ${folder}/failing ]; then
  { read -r words; read -r output; } <${folder}/failing
  case "$*" in *"$words"*) echo "$output" >&2; exit 1 ;; esac
fi
exec ${real} "$@"
`

export class FaultyDocker {
  private constructor(
    private readonly folder: string,
    private readonly path: string,
  ) {}

  /** Without a real engine it is silent from the beginning. */
  static async make(): Promise<FaultyDocker> {
    const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-docker-'))
    const real = (await new ThisComputer(folder).which('docker')) ?? '/bin/false'
    writeFileSync(join(folder, 'docker'), script(folder, real), { mode: 0o755 })
    const path = process.env.PATH ?? ''
    process.env.PATH = `${folder}${delimiter}${path}`
    return new FaultyDocker(folder, path)
  }

  /** Every call fails as where the engine was stopped. */
  fallSilent(): void {
    writeFileSync(join(this.folder, 'silent'), '')
  }

  /** Calls whose arguments hold `words` fail and say `output`, a line. */
  failAt(words: string, output: string): void {
    writeFileSync(join(this.folder, 'failing'), `${words}\n${output}\n`)
  }

  heal(): void {
    for (const fault of ['silent', 'failing']) if (existsSync(join(this.folder, fault))) rmSync(join(this.folder, fault))
  }

  async remove(): Promise<void> {
    process.env.PATH = this.path
    await rm(this.folder, { recursive: true, force: true })
  }
}
