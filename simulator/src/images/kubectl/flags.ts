/** The flags that each command knows. One that it does not know is refused: whoever gives it wants something by it. */

/** Flags that may come several times keep their values apart by this. */
export const AGAIN = '\u001f'
export const REPEATED = [
  'from-literal',
  'from-file',
  'env',
  'verb',
  'resource',
  'resource-name',
  'user',
  'group',
  'serviceaccount',
]

/** Those with a value end with `:`. */
const OF_ALL = 'namespace: as:'
const CHOICE = 'filename: selector: all'
const SHOWN = 'output: dry-run'
const FLAGS: Record<string, string> = {
  get: 'output: selector: field-selector: all-namespaces no-headers watch',
  delete: `${CHOICE} grace-period: force now wait timeout:`,
  create: `${SHOWN} filename: from-literal: from-file: type: image: replicas: verb: resource: resource-name: role: clusterrole: user: group: serviceaccount:`,
  apply: 'filename: dry-run',
  patch: 'filename: patch: type: subresource:',
  label: `${CHOICE} overwrite`,
  annotate: `${CHOICE} overwrite`,
  scale: `${CHOICE} replicas: current-replicas:`,
  rollout: 'filename: selector: revision: to-revision: watch timeout:',
  set: CHOICE,
  expose: `${SHOWN} filename: port: protocol: target-port: name: type: selector: labels: external-ip: cluster-ip: session-affinity: load-balancer-ip:`,
  logs: 'container: follow previous timestamps tail: limit-bytes: since:',
  auth: 'list quiet subresource: all-namespaces',
  run: `${SHOWN} image: restart: env: port: labels: command`,
  exec: 'container: stdin tty',
  version: 'client',
}
const SHORTS: Record<string, string> = {
  n: 'namespace',
  o: 'output',
  l: 'selector',
  f: 'filename',
  c: 'container',
  p: 'patch',
  A: 'all-namespaces',
}
/** Letters that mean something else in one command. */
const OWN_SHORTS: Record<string, Record<string, string>> = {
  logs: { f: 'follow', p: 'previous' },
  expose: { l: 'labels' },
  run: { l: 'labels' },
  exec: { i: 'stdin', t: 'tty' },
  auth: { q: 'quiet' },
  get: { w: 'watch' },
}

const known = new Map<string, Map<string, boolean>>()

/** Whether a value belongs to each flag. @param command empty for what stands before it @returns undefined for a command that is none */
export function flagsOf(command: string): Map<string, boolean> | undefined {
  if (command && !(command in FLAGS)) return undefined
  const before = known.get(command)
  if (before) return before
  const words = `${OF_ALL} ${FLAGS[command] ?? ''}`.split(' ').filter(Boolean)
  const made = new Map(words.map((word) => [word.replace(/:$/, ''), word.endsWith(':')]))
  known.set(command, made)
  return made
}
export const shortsOf = (command: string): Record<string, string> => ({ ...SHORTS, ...OWN_SHORTS[command] })
