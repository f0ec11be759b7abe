/** The protobuf messages of Kubernetes, as data: the numbers of their fields by the names that these have in JSON. */
import { readData } from './data.js'

export type MessageField = [number: number, name: string, type: string, label: 'o' | 'r' | 'm', inline?: 'inline']

export const PROTOBUF = 'application/vnd.kubernetes.protobuf'
/** Stands before every object: it, then a runtime.Unknown with the type and the raw object. */
export const MAGIC = 'k8s\0'
export const META = 'k8s.io.apimachinery.pkg.apis.meta.v1'
export const QUANTITY = 'k8s.io.apimachinery.pkg.api.resource.Quantity'
export const INT_OR_STRING = 'k8s.io.apimachinery.pkg.util.intstr.IntOrString'
export const RAW_EXTENSION = 'k8s.io.apimachinery.pkg.runtime.RawExtension'
export const JSON_VALUE = 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.JSON'

let messages: Map<string, Map<number, MessageField>> | undefined
/** Read at the first protobuf body: many processes never see one. */
export function message(name: string): ReadonlyMap<number, MessageField> | undefined {
  messages ??= new Map(
    Object.entries(readData<Record<string, MessageField[]>>('proto.json')).map(([key, fields]) => [
      key,
      new Map(fields.map((field) => [field[0], field])),
    ]),
  )
  return messages.get(name)
}

const MESSAGE_FOLDERS: Record<string, string> = {
  'apiextensions.k8s.io': 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'k8s.io.kube_aggregator.pkg.apis.apiregistration',
  'meta.k8s.io': 'k8s.io.apimachinery.pkg.apis.meta',
}
/** Kinds that every group has, and those of discovery, which name no version or that of core. */
const OF_EVERY_GROUP = ['DeleteOptions', 'Status', 'APIVersions', 'APIGroupList', 'APIGroup', 'APIResourceList']

/** The protobuf message of a kind: `apps/v1` Deployment is `k8s.io.api.apps.v1.Deployment`. */
export function messageOf(apiVersion: string, kind: string): string {
  if (OF_EVERY_GROUP.includes(kind)) return `${META}.${kind}`
  const [group = '', version = apiVersion] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const folder = MESSAGE_FOLDERS[group] ?? `k8s.io.api.${group === '' ? 'core' : (group.split('.')[0] ?? group)}`
  return `${folder}.${version}.${kind}`
}

/** Whether Kubernetes defines the kind as protobuf: custom kinds have JSON alone. */
export const hasMessage = (apiVersion: string, kind: string): boolean => message(messageOf(apiVersion, kind)) !== undefined
