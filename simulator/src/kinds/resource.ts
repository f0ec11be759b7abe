/** What the API serves: one `Resource` for each group, version and plural name, with its rules. */

import type { ScalePaths } from '../custom/definition.js'
import type { JsonSchema } from '../custom/json-schema.js'
import type { JsonObject, KubeObject } from '../objects/object.js'
import type { GroupResource } from '../objects/status.js'
import { readData } from '../schema/data.js'
import type { DecodeReport } from '../schema/decode.js'
import { typeForKind } from '../schema/types.js'
import type { KindRules } from './define.js'
import { allRules } from './index.js'
import { metricsGroup } from './metrics-group.js'

export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

export interface Subresource {
  name: string
  kind: GroupVersionKind
  verbs: string[]
}

export interface CustomResource {
  /** Drops what the schema does not know (and reports it), and fills in defaults. */
  decode(object: JsonObject, report: DecodeReport): JsonObject
  schema: JsonSchema
  /** Its definition is being deleted: nothing new is made. */
  isGoing: boolean
  scale?: ScalePaths
  /** Of a deprecated version. */
  warning?: string
}

export interface Resource extends GroupVersionKind, GroupResource {
  singular: string
  shortNames: string[]
  categories: string[]
  namespaced: boolean
  verbs: string[]
  subresources: Map<string, Subresource>
  /** Name of the schema type; absent for a custom resource. */
  typeName: string | undefined
  /** The shelf of the store that holds it: versions and groups that show the same objects share one. */
  storage: string
  rules: KindRules
  /** Between what is stored and what this version shows, where they differ. */
  conversion?: { toStored(object: JsonObject): JsonObject; fromStored(object: JsonObject): JsonObject }
  /** Of a custom resource: what its definition says. */
  custom?: CustomResource
}

interface DiscoveredSubresource {
  subresource: string
  responseKind?: Partial<GroupVersionKind>
  verbs: string[]
}
interface DiscoveredResource {
  resource: string
  responseKind?: Partial<GroupVersionKind>
  scope: 'Namespaced' | 'Cluster'
  singularResource: string
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
  subresources?: DiscoveredSubresource[]
}
export interface DiscoveredGroup {
  name: string
  versions: { version: string; resources: DiscoveredResource[] }[]
}

const published: { groups: DiscoveredGroup[] } = readData('discovery.json')
export const discovery = { groups: [...published.groups, metricsGroup] }

export const apiVersionOf = ({ group, version }: { group: string; version: string }): string =>
  group ? `${group}/${version}` : version
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}
/** `pods`, `apps/deployments`. */
export const storageName = ({ group, resource }: GroupResource): string => (group ? `${group}/${resource}` : resource)

function builtIn(group: string, version: string, found: DiscoveredResource): Resource {
  const kind = found.responseKind?.kind ?? ''
  const rules = allRules.get(`${group}/${kind}`) ?? {}
  const shown = { group: found.responseKind?.group || group, version: found.responseKind?.version || version }
  return {
    group,
    version,
    kind,
    resource: found.resource,
    singular: found.singularResource,
    shortNames: found.shortNames ?? [],
    categories: found.categories ?? [],
    namespaced: found.scope === 'Namespaced',
    verbs: found.verbs,
    subresources: new Map((found.subresources ?? []).map((sub) => [sub.subresource, subresourceOf(sub, { ...shown, kind })])),
    typeName: typeForKind(group, version, kind),
    storage: rules.storedAs ?? storageName({ group, resource: found.resource }),
    rules,
    ...(rules.conversions?.[version] ? { conversion: rules.conversions[version] } : {}),
  }
}

const subresourceOf = (found: DiscoveredSubresource, parent: GroupVersionKind): Subresource => ({
  name: found.subresource,
  kind: {
    group: found.responseKind?.group || (found.responseKind?.version ? (found.responseKind.group ?? '') : parent.group),
    version: found.responseKind?.version || parent.version,
    kind: found.responseKind?.kind ?? parent.kind,
  },
  verbs: found.verbs,
})

/** Every resource that Kubernetes itself serves, shared by all clusters. */
export const builtIns: Resource[] = discovery.groups.flatMap((group) =>
  group.versions.flatMap(({ version, resources }) => resources.map((found) => builtIn(group.name, version, found))),
)

const address = (group: string, version: string, resource: string) => `${group}/${version}/${resource}`
const builtInByAddress = new Map(
  builtIns.map((resource) => [address(resource.group, resource.version, resource.resource), resource]),
)

const builtInVersions = new Set(builtIns.map(({ group, version }) => `${group}/${version}`))
export const isBuiltIn = (group: string, version: string): boolean => builtInVersions.has(`${group}/${version}`)

/** The resources of one cluster: the built-in ones, and what its CustomResourceDefinitions add. */
export class Resources {
  readonly #custom = new Map<string, Resource>()

  find(group: string, version: string, resource: string): Resource | undefined {
    const key = address(group, version, resource)
    return builtInByAddress.get(key) ?? this.#custom.get(key)
  }
  /** The resource that shows a kind; the first version that has it where `version` is left out. */
  byKind(group: string, kind: string, version?: string): Resource | undefined {
    const fits = (resource: Resource) =>
      resource.group === group && resource.kind === kind && (!version || resource.version === version)
    return builtIns.find(fits) ?? [...this.#custom.values()].find(fits)
  }
  all(): Resource[] {
    return [...builtIns, ...this.#custom.values()]
  }
  custom(): Resource[] {
    return [...this.#custom.values()]
  }
  clearCustom(): void {
    this.#custom.clear()
  }
  /** Puts the resources of one CRD in place of those it had. */
  setCustom(name: string, resources: Resource[]): void {
    for (const [key, resource] of this.#custom) if (`${resource.resource}.${resource.group}` === name) this.#custom.delete(key)
    for (const resource of resources) this.#custom.set(address(resource.group, resource.version, resource.resource), resource)
  }
}

/** The object with the type of the version that was asked for. Shared where nothing differs. */
export function shownAs(resource: Resource, stored: KubeObject): KubeObject {
  if (!resource.conversion) return stored
  return resource.conversion.fromStored(stored as unknown as JsonObject) as unknown as KubeObject
}
