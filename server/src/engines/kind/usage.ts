/** What an environment uses, asked inside its containers: `docker stats` takes two seconds and says nothing of disks. */
import type { EnvironmentUsage } from '../engine.js'
import { type ContainerCli, linesOf } from './container-cli.js'

/** One reading of a container's counters. `cpuNs` grows; `atMs` is the machine's own clock. */
interface Reading {
  memoryBytes: number
  cpuNs: number
  volumeBytes: number
  atMs: number
}

/**
 * Memory is the working set (what the kernel could not give back at once), as Kubernetes counts it. The disk asked for here is a node's
 * volume at /var, which begins as a copy of the image's; what lies above the image elsewhere, the container engine itself knows.
 */
const READ = `
cg=/sys/fs/cgroup
if [ -f $cg/cgroup.controllers ]; then
  echo memory $(cat $cg/memory.current) $(awk '$1 == "inactive_file" { print $2 }' $cg/memory.stat)
  echo cpu $(awk '$1 == "usage_usec" { print $2 * 1000 }' $cg/cpu.stat)
else
  echo memory $(cat $cg/memory/memory.usage_in_bytes) $(awk '$1 == "total_inactive_file" { print $2 }' $cg/memory/memory.stat)
  echo cpu $(cat $cg/cpuacct/cpuacct.usage)
fi
mountpoint -q /var && echo volume $(du -sx -B1 /var 2>/dev/null | cut -f1)
echo at $(date +%s%3N)
`

/** Remembers the last reading of each container, so that the cores in use are those since the last question. */
export class UsageReader {
  readonly #last = new Map<string, Reading>()

  constructor(private readonly cli: ContainerCli) {}

  async of(containers: readonly string[]): Promise<EnvironmentUsage> {
    if (containers.length === 0) return { memoryBytes: null, diskBytes: null, cpuCores: null }
    const [layersBytes, ...answers] = await Promise.all([
      this.#layers(containers),
      ...containers.map((container) => this.#read(container)),
    ])
    const known = answers.filter((answer) => answer !== null)
    if (known.length === 0) return { memoryBytes: null, diskBytes: null, cpuCores: null }
    const sum = (value: (answer: (typeof known)[number]) => number) => known.reduce((total, answer) => total + value(answer), 0)
    return {
      memoryBytes: sum(({ now }) => now.memoryBytes),
      diskBytes: layersBytes === null ? null : layersBytes + sum(({ now }) => now.volumeBytes),
      cpuCores: known.every(({ cores }) => cores !== null) ? sum(({ cores }) => cores ?? 0) : null,
    }
  }

  forget(containers: readonly string[]): void {
    for (const container of containers) this.#last.delete(container)
  }

  /** What was written above the images, wherever it was. */
  async #layers(containers: readonly string[]): Promise<number | null> {
    const { exitCode, stdout } = await this.cli.ask(['inspect', '--size', '--format', '{{.SizeRw}}', ...containers])
    if (exitCode !== 0) return null
    return linesOf(stdout).reduce((total, line) => total + (Number(line) || 0), 0)
  }

  async #read(container: string): Promise<{ now: Reading; cores: number | null } | null> {
    const { exitCode, stdout } = await this.cli.ask(['exec', '-i', '-u', '0', container, 'sh', '-s'], { stdin: READ })
    if (exitCode !== 0) return null
    const now = parseReading(stdout)
    const before = this.#last.get(container)
    this.#last.set(container, now)
    const elapsedNs = before ? (now.atMs - before.atMs) * 1e6 : 0
    // A container that was started anew counts from zero again.
    const cores = before && elapsedNs > 0 && now.cpuNs >= before.cpuNs ? (now.cpuNs - before.cpuNs) / elapsedNs : null
    return { now, cores }
  }
}

export function parseReading(text: string): Reading {
  const values = new Map(text.split('\n').map((line) => [line.split(' ')[0], line.split(' ').slice(1).map(Number)]))
  const [used = 0, inactive = 0] = values.get('memory') ?? []
  return {
    memoryBytes: Math.max(0, used - inactive),
    cpuNs: values.get('cpu')?.[0] ?? 0,
    volumeBytes: values.get('volume')?.[0] ?? 0,
    atMs: values.get('at')?.[0] ?? 0,
  }
}
