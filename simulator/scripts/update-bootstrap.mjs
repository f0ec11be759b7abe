/**
 * Writes `simulator/data/discovery.json` and `simulator/data/bootstrap.json` from a real, fresh kind cluster of the Kubernetes version
 * that we model: what it serves (kinds, short names, categories, verbs) and what it holds before anybody has touched it.
 *
 * A maintainer's task: `KUBECONFIG=... npm run update:bootstrap -w simulator`, with kubectl on PATH. The output is committed.
 */
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const data = join(dirname(dirname(fileURLToPath(import.meta.url))), 'data')
const kubectl = (...args) => execFileSync('kubectl', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
const list = (...args) => JSON.parse(kubectl('get', '-o', 'json', ...args)).items

/** Aggregated discovery needs an Accept header, which `kubectl get --raw` does not send: ask through a proxy. */
function aggregated(port, path) {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  return new Promise((resolve, reject) => {
    request({ port, path, headers: { accept } }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(JSON.parse(text)))
    })
      .on('error', reject)
      .end()
  })
}

async function discovery() {
  const proxy = spawn('kubectl', ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise((resolve) => proxy.stdout.once('data', (chunk) => resolve(String(chunk))))
  const port = Number(/:(\d+)/.exec(line)[1])
  const groups = []
  for (const path of ['/api', '/apis']) {
    for (const group of (await aggregated(port, path)).items) {
      groups.push({
        name: group.metadata?.name ?? '',
        versions: group.versions.map(({ version, resources }) => ({ version, resources })),
      })
    }
  }
  proxy.kill()
  return groups
}

const nodes = list('nodes')
const controlPlane = nodes.find((node) => 'node-role.kubernetes.io/control-plane' in node.metadata.labels).metadata.name
const clusterName = controlPlane.replace(/-control-plane$/, '')

/** Identity and history belong to one cluster; names of nodes are filled in when a cluster is made. */
function strip(object) {
  const { name, namespace, labels, annotations } = object.metadata
  const kept = Object.fromEntries(
    Object.entries(annotations ?? {}).filter(
      ([key]) =>
        !/last-applied|kubernetes.io\/config\.(seen|hash|mirror)|deployment.kubernetes.io|deprecated.daemonset/.test(key),
    ),
  )
  const metadata = { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) }
  if (Object.keys(kept).length) metadata.annotations = kept
  const { status: _status, metadata: _metadata, ...rest } = object
  const names = [
    [controlPlane, '{{controlplane}}'],
    [clusterName, '{{cluster}}'],
    [address, '{{address}}'],
  ]
  // A stand-in for the Pod network has the place of the one that kind brings.
  names.push(['docker.io/testbed/podnet:v1', 'docker.io/kindest/kindnetd:v20250512-df8de77b'], ['podnet', 'kindnet'])
  return JSON.parse(names.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify({ ...rest, metadata })))
}

const system = ['-n', 'kube-system']
const address = nodes.find((node) => node.metadata.name === controlPlane).status.addresses[0].address
/** What holds certificates of that one cluster is made anew for each of ours. */
const isOurs = (object) =>
  !/kube-root-ca.crt|token-tracking|cluster-info|extension-apiserver-authentication/.test(object.metadata.name)
const objects = {
  rbac: ['clusterroles', 'clusterrolebindings']
    .flatMap((kind) => list(kind))
    .concat(list('roles', '-A'), list('rolebindings', '-A')),
  scheduling: list('priorityclasses'),
  flow: [...list('flowschemas'), ...list('prioritylevelconfigurations')],
  apiservices: list('apiservices'),
  networking: list('servicecidrs'),
  storage: list('storageclasses'),
  namespaces: list('namespaces').map((object) => ({ ...object, spec: undefined })),
  config: [...list('configmaps', ...system), ...list('configmaps', '-n', 'kube-public')].filter(isOurs),
  accounts: list('serviceaccounts', '-A').filter((object) => object.metadata.name !== 'default'),
  workloads: [...list('deployments', '-A'), ...list('daemonsets', '-A'), ...list('services', ...system)],
  localPath: list('configmaps', '-n', 'local-path-storage').filter(isOurs),
  staticPods: list('pods', ...system, '-l', 'tier=control-plane'),
}
const bootstrap = {}
for (const [part, entries] of Object.entries(objects)) bootstrap[part] = entries.map(strip)

const lines = (value) =>
  `{\n${Object.entries(value)
    .map(([key, entries]) => `${JSON.stringify(key)}: [\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`)
    .join(',\n')}\n}\n`
writeFileSync(join(data, 'bootstrap.json'), lines(bootstrap))
writeFileSync(join(data, 'discovery.json'), lines({ groups: await discovery() }))
