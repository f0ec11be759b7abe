/**
 * Limits of upstream on how long parts of an object may be, judged before anything else is done with it: what is far too long is refused
 * for that alone, without looking for every other mistake in it.
 */
import { FieldErrors } from '../objects/field-errors.js'
import { isObject, type Json, type JsonObject } from '../objects/object.js'

/** @see apimachinery/pkg/api/validation/objectmeta.go: TotalAnnotationSizeLimitB */
export const MOST_ANNOTATION_BYTES = 256 * 1024
/** Of the data of a ConfigMap or Secret. @see api/core/v1: MaxSecretSize */
export const MOST_DATA_BYTES = 1024 * 1024
/** So much longer than its limit is no mistake of a person who wants to hear of the others too. */
const FAR = 1.25
/** Base64 writes three bytes with four letters. */
const BASE64 = 3 / 4

/** Letters of its values, and of its names where they count. */
function letters(map: Json | undefined, withNames = false): number {
  let sum = 0
  if (isObject(map))
    for (const name in map) {
      const value = map[name]
      sum += (typeof value === 'string' ? value.length : 0) + (withNames ? name.length : 0)
    }
  return sum
}

function dataLetters(kind: string, { data, binaryData, stringData }: JsonObject): number {
  if (kind === 'ConfigMap') return letters(data) + letters(binaryData)
  return kind === 'Secret' ? letters(data) * BASE64 + letters(stringData) : 0
}

/** @throws ApiError 422 where a part of the object is far too long */
export function refuseFarTooLong({ group, kind }: { group: string; kind: string }, body: JsonObject): void {
  const errors = new FieldErrors()
  const metadata = isObject(body.metadata) ? body.metadata : {}
  if (letters(metadata.annotations, true) > MOST_ANNOTATION_BYTES * FAR)
    errors.tooLong('metadata.annotations', MOST_ANNOTATION_BYTES)
  if (group === '' && dataLetters(kind, body) > MOST_DATA_BYTES * FAR) errors.tooLong('', MOST_DATA_BYTES)
  if (errors.any) throw errors.toError(group, kind, String(metadata.name ?? metadata.generateName ?? ''))
}
