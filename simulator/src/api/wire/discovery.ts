/** What the server serves, in the old form (a document a group) and the aggregated one. */
import { createHash } from 'node:crypto'
import { apiVersionOf, discovery, type Resource, type Resources } from '../../kinds/resource.js'

/** @see apiserver/pkg/endpoints/discovery/storageversionhash.go */
const storageHash = ({ group, version, kind }: { group: string; version: string; kind: string }): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')

interface Group {
  name: string
  versions: string[]
}

interface GroupVersion {
  group: string
  version: string
}

/** What discovery tells of. */
export interface Discovered {
  resources: Resources
  /** Versions that an APIService names and nobody serves: who would cannot be reached. */
  unreachable: readonly GroupVersion[]
}

/** Groups in upstream's order of priority; those of custom resources follow. */
export function groupsOf({ resources, unreachable }: Discovered): Group[] {
  const groups: Group[] = discovery.groups.map((group) => ({
    name: group.name,
    versions: group.versions.map(({ version }) => version),
  }))
  for (const { group, version } of [...resources.custom(), ...unreachable]) {
    const present = groups.find((each) => each.name === group)
    if (!present) groups.push({ name: group, versions: [version] })
    else if (!present.versions.includes(version)) present.versions.push(version)
  }
  return groups
}

const servedAt = (resources: Resources, group: string, version: string): Resource[] =>
  resources.all().filter((each) => each.group === group && each.version === version)

function aggregatedResource(resource: Resource) {
  return {
    resource: resource.resource,
    responseKind: { group: '', version: '', kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length ? { categories: resource.categories } : {}),
    ...(resource.subresources.size
      ? {
          subresources: [...resource.subresources.values()].map((sub) => ({
            subresource: sub.name,
            responseKind: sub.kind,
            verbs: sub.verbs,
          })),
        }
      : {}),
  }
}

/** Of a version that was never reached its name alone is told. @see kube-aggregator/pkg/apiserver/handler_discovery.go */
function aggregatedVersion({ resources, unreachable }: Discovered, group: string, version: string) {
  if (unreachable.some((each) => each.group === group && each.version === version)) return { version, freshness: 'Stale' }
  return { version, resources: servedAt(resources, group, version).map(aggregatedResource), freshness: 'Current' }
}

/** `/api` or `/apis` for clients since 1.26. */
export function aggregatedDiscovery(discovered: Discovered, root: 'api' | 'apis', version: string) {
  const groups = groupsOf(discovered).filter((group) => (group.name === '') === (root === 'api'))
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: { ...(group.name ? { name: group.name } : {}), creationTimestamp: null },
      versions: group.versions.map((each) => aggregatedVersion(discovered, group.name, each)),
    })),
  }
}

const groupDocument = (group: Group) => {
  const versions = group.versions.map((version) => ({ groupVersion: apiVersionOf({ group: group.name, version }), version }))
  return { name: group.name, versions, preferredVersion: versions[0] }
}

function resourceList(resources: Resources, group: string, version: string) {
  const served = servedAt(resources, group, version)
  if (served.length === 0) return undefined
  const entries = served.flatMap((resource) => {
    const { kind, namespaced, verbs, shortNames, categories, singular } = resource
    const main = {
      name: resource.resource,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames.length ? { shortNames } : {}),
      ...(categories.length ? { categories } : {}),
      ...(verbs.includes('watch') ? { storageVersionHash: storageHash({ group, version, kind }) } : {}),
    }
    const below = [...resource.subresources.values()].map((sub) => ({
      name: `${resource.resource}/${sub.name}`,
      singularName: '',
      namespaced,
      ...(sub.kind.group !== group || sub.kind.version !== version ? { group: sub.kind.group, version: sub.kind.version } : {}),
      kind: sub.kind.kind,
      verbs: sub.verbs,
    }))
    return [main, ...below]
  })
  // The oldest list names no version of its own.
  const own = group ? { apiVersion: 'v1' } : {}
  return { kind: 'APIResourceList', ...own, groupVersion: apiVersionOf({ group, version }), resources: entries }
}

/** The older documents, by path; undefined where the path is none of them, or of a group that is not served. */
export function legacyDiscovery(discovered: Discovered, path: string, address: string) {
  const { resources } = discovered
  const [root, group, version] = path.split('/').filter(Boolean)
  if (root === 'api') {
    if (!group)
      return {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
      }
    return resourceList(resources, '', group)
  }
  if (root !== 'apis') return undefined
  const groups = groupsOf(discovered).filter((each) => each.name)
  if (!group) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupDocument) }
  if (version) return resourceList(resources, group, version)
  const found = groups.find((each) => each.name === group)
  if (!found) return undefined
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(found) }
}
