import type { ObjectMeta, OwnerReference } from '../schema/kubernetes.generated.js'

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }
export type JsonObject = { [key: string]: Json | undefined }

/** Any API object. Stored objects are shared between readers: never change one, make a copy. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

/** What a client sends to create a `T`: identity is the server's to give, and a name may be generated. */
export type Draft<T> = Omit<T, 'metadata' | 'apiVersion' | 'kind'> & {
  apiVersion?: string | undefined
  kind?: string | undefined
  metadata: Partial<ObjectMeta>
}

/** The object as a bag of fields, for code that works by schema and not by type. */
export const fieldsOf = (object: object): JsonObject => object as unknown as JsonObject
export const asObject = (fields: JsonObject): KubeObject => fields as unknown as KubeObject

/** `shop/web`, or `web` for what has no namespace: the key of an object among those of its kind. */
export const keyOf = (object: { metadata: { name: string; namespace?: string | undefined } }): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name

/** The parts of a key. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The owner that controls the object, where one does. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller)

/** A reference by which `owner` controls what it makes. */
export const controlledBy = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})

export const clone = <T>(value: T): T => copyDeep(value as unknown as Json) as unknown as T

/** structuredClone is several times slower for small JSON. */
function copyDeep(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(copyDeep)
  const copy: JsonObject = {}
  for (const key in value) {
    const field = value[key]
    if (field !== undefined) copy[key] = copyDeep(field)
  }
  return copy
}

/** Deep equality of JSON values; absent and undefined are the same. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]))
  return sameFields(left as JsonObject, right as JsonObject)
}

function sameFields(left: JsonObject, right: JsonObject): boolean {
  for (const key in left) if (!sameJson(left[key], right[key])) return false
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false
  return true
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same value with its fields in the order of their names, as Go writes what has no type of its own. */
export function inNameOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inNameOrder)
  if (!isObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.flatMap((name) => (value[name] === undefined ? [] : [[name, inNameOrder(value[name])]])))
}
