import { isObject, type Json, type JsonObject } from '../objects/object.js'

/** RFC 7386: objects merge, null removes, everything else replaces. Neither argument is changed. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result: JsonObject = isObject(target) ? { ...target } : {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null) delete result[key]
    else if (value !== undefined) result[key] = mergePatch(result[key] ?? null, value)
  }
  return result
}
