/** Manifests of scenarios: short ways to write what kubectl reads from a file. */

type Fields = Record<string, unknown>

/** One object as JSON, which is YAML too. */
export const manifest = (apiVersion: string, kind: string, fields: Fields): string =>
  `${JSON.stringify({ apiVersion, kind, ...fields })}\n`

/** Several objects in one file. */
export const documents = (...texts: string[]): string => texts.join('---\n')

/** A container of busybox that does nothing for ever. */
export const sleeper = (more: Fields = {}): Fields => ({
  name: 'main',
  image: 'busybox:1.37',
  command: ['sleep', 'infinity'],
  ...more,
})

/** A container of busybox that runs a line of shell. */
export const shell = (line: string, more: Fields = {}): Fields => sleeper({ command: ['sh', '-c', line], ...more })

/** Containers that are gone as soon as they are asked to end. */
export const podSpec = (container: Fields = sleeper(), more: Fields = {}): Fields => ({
  terminationGracePeriodSeconds: 0,
  containers: [container],
  ...more,
})

export const pod = (name: string, spec: Fields = podSpec(), metadata: Fields = {}): string =>
  manifest('v1', 'Pod', { metadata: { name, ...metadata }, spec })

/** A Pod template whose Pods bear the label `app`. */
export const template = (app: string, spec: Fields = podSpec()): Fields => ({ metadata: { labels: { app } }, spec })

/** A Deployment, ReplicaSet, StatefulSet or DaemonSet whose Pods bear its name as label `app`. */
export const workload = (kind: string, name: string, spec: Fields): string =>
  manifest('apps/v1', kind, {
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec },
  })

export const job = (name: string, spec: Fields): string => manifest('batch/v1', 'Job', { metadata: { name }, spec })

/** A Pod template of a Job: one container that runs a line of shell and is not started again. */
export const task = (line: string, more: Fields = {}): Fields => ({
  spec: podSpec(shell(line), { restartPolicy: 'Never', ...more }),
})

/** Every condition of an object, one after the other. */
export const conditions = (what: string): string =>
  `get ${what} '-o=jsonpath={range .status.conditions[*]}{.type}={.status} {.reason}: {.message};{end}'`

/** Events about an object, oldest first. */
export const events = (name: string): string =>
  `get events --field-selector involvedObject.name=${name} '-o=jsonpath={range .items[*]}{.type} {.reason} {.source.component}{.reportingComponent} {.message};{end}'`

/** Why many refusals of an update differ. */
export const GO_DIFF = 'refusals: the real server adds a diff of its Go structs'
