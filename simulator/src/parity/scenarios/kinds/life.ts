/** The same walk for every kind: created, looked at in every way, changed in every way, deleted. */
import { file, kubectl, type Scenario, type Step, scenario, until } from '../../scenario.js'

export interface Life {
  /** As on the command line: `configmap`, `ingresses.networking.k8s.io`. */
  type: string
  /** Of the object; `{{ns}}-NAME` where the kind has no namespace. */
  name: string
  /** The manifest below its metadata, as YAML; `kind` and `apiVersion` with it. */
  manifest: string
  /** A merge patch that changes the object. */
  patch: string
  /** Waits until controllers have done with a new object. */
  settled?: Step
  /** Reasons why steps are known to differ, by the first word of the command. */
  differs?: Record<string, string>
}

const METADATA = (name: string) =>
  `metadata: { name: "${name}", labels: { app: life }, annotations: { example.com/note: before } }\n`

/** Twelve commands on one object of a kind. */
export function lifeOf({ type, name, manifest, patch, settled, differs = {} }: Life): Scenario {
  const [apiVersion = '', kind = '', ...rest] = manifest.trim().split('\n')
  const step = (command: string, more = {}) => {
    const reason = differs[command.split(' ')[0] ?? '']
    return kubectl(command, { ...more, ...(reason ? { differs: reason } : {}) })
  }
  return scenario(
    `the life of a ${kind.replace('kind: ', '')} (${apiVersion.replace('apiVersion: ', '')})`,
    file('object.yaml', [apiVersion, kind, METADATA(name) + rest.join('\n')].join('\n')),
    step('create -f object.yaml'),
    ...(settled ? [settled] : []),
    step(`get ${type} ${name} -o wide --show-labels`),
    step(`get ${type} ${name} -o yaml`, { without: 'status' }),
    step(`describe ${type} ${name}`),
    step(`explain ${type}`),
    step('apply -f object.yaml'),
    step(`label ${type} ${name} tier=front app-`),
    step(`annotate ${type} ${name} example.com/seen=yes`),
    step(`edit ${type} ${name}`),
    step(`patch ${type} ${name} --type=merge '--patch=${patch}'`),
    step('replace -f object.yaml'),
    step(`get ${type} ${name} -o jsonpath={.metadata.labels}{.metadata.annotations}`),
    step(`delete ${type} ${name}`),
  )
}

export const lives = (...all: Life[]): Scenario[] => all.map(lifeOf)
export { until }
