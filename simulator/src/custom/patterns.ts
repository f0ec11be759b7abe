/** The patterns of a schema, which take a while to be made where there are thousands of them. */
import { gradually, type Parts } from '../cel/gradual.js'
import { isObject } from '../objects/object.js'
import { instructionsOf, isCompiled, patternProblem } from '../objects/pattern.js'
import { failure } from '../objects/status.js'
import type { JsonSchema } from './json-schema.js'

/** Instructions of all patterns of one schema, about: half of what a process keeps. */
const MOST_INSTRUCTIONS = 250_000
/** Units of cost of one pattern, and of each of its instructions. */
const UNITS = { pattern: 500, instruction: 30 }

/** Of the schema and all below it. */
function* patternsOf(schema: JsonSchema): Generator<string> {
  const waiting = [schema]
  for (let level = waiting.pop(); level; level = waiting.pop()) {
    if (typeof level.pattern === 'string') yield level.pattern
    const { properties = {}, items, additionalProperties, allOf = [], anyOf = [], oneOf = [], not } = level
    for (const below of [Object.values(properties), allOf, anyOf, oneOf, [items, additionalProperties, not]])
      for (const each of below) if (isObject(each)) waiting.push(each as JsonSchema)
  }
}

/** @throws ApiError 413 */
function* readAll(schema: JsonSchema): Parts<true> {
  let instructions = 0
  for (const pattern of patternsOf(schema)) {
    const size = instructionsOf(pattern)
    instructions += size
    if (instructions > MOST_INSTRUCTIONS)
      throw failure.requestTooLarge(`limit is ${MOST_INSTRUCTIONS} instructions of all patterns of a schema`)
    if (isCompiled(pattern)) continue
    patternProblem(pattern)
    yield UNITS.pattern + size * UNITS.instruction
  }
  return true
}

/** Makes what is not made yet of the patterns of a schema. @throws ApiError 413, Rest */
export const readPatterns = (schema: JsonSchema): true =>
  gradually(
    () => [schema],
    () => readAll(schema),
  )
