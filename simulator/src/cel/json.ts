/** Between JSON and the values of CEL. */
import { isObject, type Json, type JsonObject } from '../objects/object.js'
import {
  CelMap,
  Duration,
  EvaluationError,
  FieldMap,
  isList,
  type Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './values.js'

/** Whole numbers are ints; fields are read when they are asked for. */
export function fromJson(json: Json | undefined): Value {
  if (json === undefined || json === null) return null
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json
  if (Array.isArray(json)) return json.map(fromJson)
  if (!isObject(json)) return json
  const names = Object.keys(json).filter((name) => json[name] !== undefined)
  return new FieldMap('map', names, (name) =>
    Object.hasOwn(json, name) && json[name] !== undefined ? fromJson(json[name]) : undefined,
  )
}

/** @throws EvaluationError where JSON has no such thing */
export function toJson(value: Value): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  if (isList(value)) return value.map(toJson)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Timestamp || value instanceof Duration) return value.toString()
  if (value instanceof Optional) return value.isPresent ? toJson(value.held) : null
  if (value instanceof TypeValue) return value.name
  const map = value instanceof CelMap ? value : (value as Opaque).inner
  if (!(map instanceof CelMap)) throw new EvaluationError(`unsupported conversion of ${value.typeName} to JSON`)
  const result: JsonObject = {}
  for (const key of map.keys()) result[String(key)] = toJson(map.get(key) ?? null)
  return result
}
