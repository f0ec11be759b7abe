/** What a kubelet may do: read what its own Pods use, and report on them. Models plugin/pkg/auth/authorizer/node. */
import type { Attributes } from '../api/context.js'
import type { Container, PersistentVolumeClaim, Pod, PolicyRule, Volume } from '../schema/kubernetes.generated.js'
import type { Store } from '../storage/store.js'
import { ruleAllows } from './rules.js'

const PREFIX = 'system:node:'

/** The node that a user is; empty where it is unknown, undefined where the user is none. */
export function nodeOf({ name, groups }: Attributes['user']): string | undefined {
  if (!name.startsWith(PREFIX) || !groups.includes('system:nodes')) return undefined
  return name.slice(PREFIX.length)
}

const rule = (group: string, resources: string[], verbs: string[]): PolicyRule => ({ apiGroups: [group], resources, verbs })
const READ = ['get', 'list', 'watch']

/** What is not looked at closer. @see plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go: NodeRules */
const RULES: PolicyRule[] = [
  rule('authentication.k8s.io', ['tokenreviews'], ['create']),
  rule('authorization.k8s.io', ['subjectaccessreviews', 'localsubjectaccessreviews'], ['create']),
  rule('', ['services'], READ),
  rule('', ['events'], ['create', 'update', 'patch']),
  rule('events.k8s.io', ['events'], ['create', 'update', 'patch']),
  rule('', ['endpoints'], ['get']),
  rule('certificates.k8s.io', ['certificatesigningrequests'], [...READ, 'create']),
  rule('storage.k8s.io', ['csidrivers'], READ),
  rule('node.k8s.io', ['runtimeclasses'], READ),
  rule('certificates.k8s.io', ['clustertrustbundles'], READ),
]

/** Undefined where it is allowed, otherwise upstream's reason, which may be empty. */
type Verdict = string | undefined
const NO_REASON = ''

/** Names that the volumes and variables of a Pod refer to. */
function usedBy(pod: Pod): { secrets: Set<string>; configMaps: Set<string>; claims: Set<string> } {
  const secrets = new Set<string>()
  const configMaps = new Set<string>()
  const claims = new Set<string>()
  const add = (set: Set<string>, name: string | undefined) => name && set.add(name)
  const { spec } = pod
  for (const { name } of spec.imagePullSecrets ?? []) add(secrets, name)
  const containers = [...spec.containers, ...(spec.initContainers ?? []), ...((spec.ephemeralContainers ?? []) as Container[])]
  for (const { env = [], envFrom = [] } of containers) {
    for (const { valueFrom } of env) {
      add(secrets, valueFrom?.secretKeyRef?.name)
      add(configMaps, valueFrom?.configMapKeyRef?.name)
    }
    for (const { secretRef, configMapRef } of envFrom) {
      add(secrets, secretRef?.name)
      add(configMaps, configMapRef?.name)
    }
  }
  const volumes: Volume[] = spec.volumes ?? []
  for (const { name, secret, configMap, persistentVolumeClaim, projected, ephemeral } of volumes) {
    add(secrets, secret?.secretName)
    add(configMaps, configMap?.name)
    add(claims, persistentVolumeClaim?.claimName)
    if (ephemeral) claims.add(`${pod.metadata.name}-${name}`)
    for (const source of projected?.sources ?? []) {
      add(secrets, source.secret?.name)
      add(configMaps, source.configMap?.name)
    }
  }
  return { secrets, configMaps, claims }
}

export class NodeAuthorizer {
  constructor(readonly store: Store) {}

  /** @param node the name of the node that asks */
  refuse(node: string, attributes: Attributes): Verdict {
    if (!node) return `unknown node for user ${JSON.stringify(attributes.user.name)}`
    const { group, resource, path } = attributes
    if (path !== undefined) return NO_REASON
    switch (group ? `${resource}.${group}` : resource) {
      case 'secrets':
      case 'configmaps':
        return this.#readUsed(node, attributes)
      case 'persistentvolumeclaims':
        return attributes.subresource === 'status' ? this.#writeStatus(node, attributes) : this.#get(node, attributes)
      case 'persistentvolumes':
      case 'volumeattachments.storage.k8s.io':
      case 'resourceclaims.resource.k8s.io':
        return this.#get(node, attributes)
      case 'serviceaccounts':
        return this.#serviceAccount(node, attributes)
      case 'leases.coordination.k8s.io':
        return this.#lease(node, attributes)
      case 'csinodes.storage.k8s.io':
        return this.#csiNode(node, attributes)
      case 'nodes':
        return this.#node(node, attributes)
      case 'pods':
        return this.#pod(node, attributes)
      default:
        return RULES.some((each) => ruleAllows(each, attributes)) ? undefined : NO_REASON
    }
  }

  #podsOf(node: string, namespace?: string): Pod[] {
    const pods = (namespace ? this.store.list('pods', namespace) : this.store.list('pods')) as Pod[]
    return pods.filter(({ spec }) => spec.nodeName === node)
  }

  #isRelated(node: string, { resource, namespace, name }: Attributes): boolean {
    switch (resource) {
      case 'secrets':
        return this.#podsOf(node, namespace).some((pod) => usedBy(pod).secrets.has(name))
      case 'configmaps':
        return this.#podsOf(node, namespace).some((pod) => usedBy(pod).configMaps.has(name))
      case 'persistentvolumeclaims':
        return this.#podsOf(node, namespace).some((pod) => usedBy(pod).claims.has(name))
      case 'persistentvolumes':
        return this.#podsOf(node).some((pod) =>
          [...usedBy(pod).claims].some((claim) => {
            const found = this.store.get('persistentvolumeclaims', `${pod.metadata.namespace}/${claim}`)
            return (found as PersistentVolumeClaim | undefined)?.spec.volumeName === name
          }),
        )
      case 'serviceaccounts':
        return this.#podsOf(node, namespace).some(({ spec }) => spec.serviceAccountName === name)
      case 'pods':
        return this.#podsOf(node, namespace).some(({ metadata }) => metadata.name === name)
      default:
        return false
    }
  }

  #related(node: string, attributes: Attributes): Verdict {
    if (!attributes.name) return 'No Object name found'
    return this.#isRelated(node, attributes) ? undefined : `no relationship found between node '${node}' and this object`
  }

  #readUsed(node: string, attributes: Attributes): Verdict {
    if (!READ.includes(attributes.verb)) return 'can only read resources of this type'
    if (attributes.subresource) return 'cannot read subresource'
    if (!attributes.namespace) return 'can only read namespaced object of this type'
    return this.#related(node, attributes)
  }

  #get(node: string, attributes: Attributes): Verdict {
    if (attributes.verb !== 'get') return 'can only get individual resources of this type'
    return attributes.subresource ? 'cannot get subresource' : this.#related(node, attributes)
  }

  #writeStatus(node: string, attributes: Attributes): Verdict {
    if (!['update', 'patch'].includes(attributes.verb)) return 'can only get/update/patch this type'
    return this.#related(node, attributes)
  }

  #serviceAccount(node: string, attributes: Attributes): Verdict {
    const { verb, subresource, name } = attributes
    if (verb === 'get' && !subresource) return this.#readUsed(node, attributes)
    if (verb !== 'create' || !name) return 'can only create tokens for individual service accounts'
    if (subresource !== 'token') return 'can only create token subresource of serviceaccount'
    return this.#related(node, attributes)
  }

  #lease(node: string, { verb, namespace, name }: Attributes): Verdict {
    if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
      return 'can only get, create, update, patch, or delete a node lease'
    if (namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace'
    return verb !== 'create' && name !== node ? 'can only access node lease with the same name as the requesting node' : undefined
  }

  #csiNode(node: string, { verb, subresource, name }: Attributes): Verdict {
    if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
      return 'can only get, create, update, patch, or delete a CSINode'
    if (subresource) return 'cannot authorize CSINode subresources'
    return verb !== 'create' && name !== node ? 'can only access CSINode with the same name as the requesting node' : undefined
  }

  /** Whose Node it is that is written, NodeRestriction looks at. */
  #node(node: string, { verb, subresource, name }: Attributes): Verdict {
    if (subresource === 'status') return ['update', 'patch'].includes(verb) ? undefined : NO_REASON
    if (subresource) return NO_REASON
    if (['create', 'update', 'patch'].includes(verb)) return undefined
    if (!READ.includes(verb)) return NO_REASON
    if (name === node) return undefined
    return name
      ? `node '${node}' cannot read '${name}', only its own Node object`
      : `node '${node}' cannot read all nodes, only its own Node object`
  }

  #pod(node: string, attributes: Attributes): Verdict {
    const { verb, subresource, name, fieldSelector = '' } = attributes
    if (subresource === 'status') return ['update', 'patch'].includes(verb) ? undefined : NO_REASON
    if (subresource === 'eviction') return verb === 'create' ? undefined : NO_REASON
    if (subresource) return NO_REASON
    if (verb === 'get') return this.#get(node, attributes)
    if (verb === 'create' || verb === 'delete') return undefined
    if (verb !== 'list' && verb !== 'watch') return NO_REASON
    if (fieldSelector.split(',').some((each) => /^spec\.nodeName==?(.*)$/.exec(each)?.[1] === node)) return undefined
    return name ? this.#related(node, attributes) : 'can only list/watch pods with spec.nodeName field selector'
  }
}
