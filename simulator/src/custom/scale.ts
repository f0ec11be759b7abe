/** What a custom resource must hold where its definition finds numbers of replicas. @see registry/customresource/validator.go */
import type { FieldErrors } from '../objects/field-errors.js'
import type { Json, JsonObject } from '../objects/object.js'
import { goType, goValue } from '../patch/typed.js'
import type { ScalePaths } from './definition.js'
import { parseJsonPath, readPath } from './json-path.js'

const MOST_REPLICAS = 2 ** 31 - 1

export function checkScale({ specReplicasPath, statusReplicasPath }: ScalePaths, object: JsonObject, errors: FieldErrors): void {
  for (const path of [specReplicasPath, statusReplicasPath]) {
    const [found] = readPath(parseJsonPath(path) ?? [], object)
    if (found !== undefined) checkReplicas(found, path, errors)
  }
}

function checkReplicas(value: Json, path: string, errors: FieldErrors): void {
  if (typeof value !== 'number' || !Number.isInteger(value))
    errors.invalid(path, 0, `${path} accessor error: ${goValue(value)} is of the type ${goType(value)}, expected int64`)
  else if (value < 0) errors.invalid(path, value, 'should be a non-negative integer')
  else if (value > MOST_REPLICAS) errors.invalid(path, value, `should be less than or equal to ${MOST_REPLICAS}`)
}
