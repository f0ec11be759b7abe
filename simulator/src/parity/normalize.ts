/** Makes equal what differs between any two clusters: times, ages, uids, addresses, generated names, names of nodes. */

const RULES: [RegExp, string][] = [
  // Also where letters or `_` stand in front.
  [/parity-[a-z0-9]{11}(?![a-z0-9])|\bparity-[a-zA-Z0-9]+\b/g, 'NAMESPACE'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID'],
  [/containerd:\/\/[0-9a-f]{64}/g, 'CONTAINER'],
  // An image that was loaded, not pulled, has no name before its digest.
  [/([\w./-]+@)?sha256:[0-9a-f]{64}|[\w./-]+@DIGEST/g, 'DIGEST'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} UTC/g, 'TIME'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g, 'TIME'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/resourceVersion: "?\d+"?/g, 'resourceVersion: N'],
  [/("resourceVersion": ?)"\d+"/g, '$1"N"'],
  [/Resource Version: +\d+/g, 'Resource Version: N'],
  [/(\\"resourceVersion\\":)\\"\d+\\"/g, '$1"N"'],
  [/\b10\.(244|96)\.\d+\.\d+\b/g, 'IP'],
  [/\b172\.\d+\.\d+\.\d+\b/g, 'NODE-IP'],
  [/\bhttps:\/\/127\.0\.0\.1:\d+/g, 'SERVER'],
  [/\b(\S+?)-[0-9bcdfghjklmnpqrstvwxz]{7,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-HASH-NAME'],
  [/pod-template-hash[=:] ?"?[0-9bcdfghjklmnpqrstvwxz]{7,10}"?/g, 'pod-template-hash=HASH'],
  [/\b([a-z][a-z0-9-]*)-[0-9bcdfghjklmnpqrstvwxz]{8,10}\b/g, '$1-HASH'],
  [/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=HASH'],
  // The kubeconfig's name for its user.
  [/(requesting uid, groups or user-extra for )\S+/g, '$1USER'],
  // A component that tells of itself by the name of its Pod and a number.
  [/-HASH-[bcdfghjklmnpqrstvwxz2456789]{5}(?=_UID)/g, '-HASH-NAME'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1-N'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}/g, 'TIME'],
  [/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g, 'CERTIFICATE'],
  // Of one build of the server, of one run of a program, of one connection.
  [/(gitCommit|goVersion): \S+/g, '$1: BUILD'],
  [/"[0-9a-f]{64}"/g, '"ID"'],
  [/\bIP(\]?):[3-6]\d{4}\b/g, 'IP$1:PORT'],
  // What containers and nodes use.
  [/\b\d+m +(\d+% +)?\d+[KMG]i( +\d+%)?/g, 'CPU MEMORY'],
  // kubectl's own log: date, time and process.
  [/^[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /gm, 'LOG '],
  [/\b(nodePort: |\d+:)3[0-2]\d{3}\b/g, '$1NODE-PORT'],
  [/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-NAME'],
  [/\b([a-z][a-z0-9-]*)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-NAME'],
  [/\b[\w.-]*control-?plane\b/g, 'CONTROLPLANE'],
  [/\b(node01|[\w.-]+-worker)\b/g, 'NODE'],
  [/\b(\d+(y|d|h|m|s)){1,2}( ago)?(?=\s|$|\)|\.|,)/gm, 'AGE'],
  // How often an Event was counted by the time that it is looked at.
  [/AGE \(x\d+ over AGE\)/g, 'AGE'],
  // The scheduler may look at a Pod before or after the controller of ephemeral volumes has made its claim: neither waits for the other.
  [/^.*FailedScheduling.* waiting for ephemeral volume controller .*\n?/gm, ''],
  // A watch that ends with the patience of its client, as kubectl's library logs it.
  [/^LOG reflector\.go.*\n?/gm, ''],
  // Says the simulator where it stores what nothing follows: listed in docs/simulator-differences.md.
  [/^Warning: .* in the simulated cluster\n?/gm, ''],
]

/** kubectl drain evicts all Pods at once, and tells of them in any order. */
const EVICTIONS = /^(evicting pod .*\n)+/gm
const inOrder = (lines: string): string => `${lines.trimEnd().split('\n').sort().join('\n')}\n`

export function normalize(text: string): string {
  let result = text
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement)
  // Tables are as wide as their widest name.
  return result
    .replace(EVICTIONS, inOrder)
    .split('\n')
    .map((line) => line.replace(/\s{2,}/g, '  ').trimEnd())
    .join('\n')
    .trim()
}
