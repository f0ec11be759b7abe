/** `/metrics`: the requests that came over the wire, and what is stored. A few of upstream's names, with its labels. */
import type { ApiContext } from './context.js'

/** One request, by upstream's labels. */
export interface Counted {
  verb: string
  group: string
  version: string
  resource: string
  subresource: string
  scope: string
  dry_run: string
  code: number
}

const labels = (values: Record<string, string | number>): string =>
  `{${Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(String(value))}`)
    .join(',')}}`

export class RequestMetrics {
  readonly #counts = new Map<string, { labels: string; count: number }>()
  readonly #running = new Map<string, number>()
  constructor(readonly startedAtMs: number) {}

  count(counted: Counted): void {
    const { verb, group, version, resource, subresource, scope, dry_run, code } = counted
    const key = `${verb} ${group} ${version} ${resource} ${subresource} ${scope} ${dry_run} ${code}`
    const known = this.#counts.get(key)
    if (known) known.count++
    else this.#counts.set(key, { labels: labels({ ...counted, component: 'apiserver' }), count: 1 })
  }

  /** A watch or a connection begins. @returns what ends it */
  begin({ verb, group, version, resource, subresource, scope }: Omit<Counted, 'code' | 'dry_run'>): () => void {
    const key = labels({ verb, group, version, resource, subresource, scope, component: 'apiserver' })
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1)
    let isOver = false
    return () => {
      if (!isOver) this.#running.set(key, (this.#running.get(key) ?? 1) - 1)
      isOver = true
    }
  }

  /** In the text format of Prometheus. */
  write(context: ApiContext): string {
    const families: [name: string, type: string, help: string, lines: [string, number][]][] = [
      ['apiserver_longrunning_requests', 'gauge', LONG_RUNNING, [...this.#running]],
      ['apiserver_request_total', 'counter', REQUESTS, [...this.#counts.values()].map(({ labels, count }) => [labels, count])],
      ['apiserver_resource_objects', 'gauge', OBJECTS, objectCounts(context)],
      [
        'process_start_time_seconds',
        'gauge',
        'Start time of the process since unix epoch in seconds.',
        [['', this.startedAtMs / 1000]],
      ],
    ]
    return families
      .map(([name, type, help, lines]) => {
        const values = lines.map(([key, value]) => `${name}${key} ${value}\n`).sort()
        return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${values.join('')}`
      })
      .join('')
  }
}

const LONG_RUNNING =
  '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.'
const REQUESTS =
  '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.'
const OBJECTS =
  '[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.'

function objectCounts({ resources, store }: ApiContext): [string, number][] {
  const counts = new Map<string, number>()
  for (const { group, resource, storage } of resources.all()) {
    const count = store.count(storage)
    if (count > 0) counts.set(labels({ group, resource }), count)
  }
  return [...counts]
}
