/** What Go's decoder says of a value of the wrong type: the names of its types, structs and fields. Models sigs.k8s.io/json. */
import { jsonType } from '../objects/go-json.js'
import type { Json } from '../objects/object.js'
import { type ApiError, failure } from '../objects/status.js'
import { childField, type Field } from './types.js'

const SCALARS: Record<string, string> = { string: 'string', boolean: 'bool', number: 'float64' }

/** The Go type that the decoder names in its complaint; the same rule is in `scripts/update-schema.mjs`. */
export function goTypeOf(field: Field): string {
  if (field.go) return field.go
  if (field.format === 'byte') return '[]uint8'
  if (field.type === 'integer') return field.format === 'int64' ? 'int64' : 'int32'
  if (field.type === 'array') return `[]${goTypeOf(field.items ?? { type: 'any' })}`
  if (field.type === 'map') return `map[string]${goTypeOf(field.items ?? { type: 'any' })}`
  if (field.type === 'ref') return (field.ref ?? '').split('.').slice(-2).join('.')
  return SCALARS[field.type] ?? 'interface {}'
}

/** `spec.volumes[0].emptyDir` as Go's decoder counts it, with embedded structs and without places: `spec.volumes.VolumeSource.emptyDir`. */
function goPath(root: Field, path: string): string {
  const names: string[] = []
  let field: Field | undefined = root
  let rest = path
  while (rest) {
    const place: string | undefined = /^\[\d+\]/.exec(rest)?.[0]
    const name: string = place ?? /^\.?([^.[]*)/.exec(rest)?.[0] ?? rest
    rest = rest.slice(name.length || 1)
    const owner: Field | undefined = field
    field = place ? owner?.items : owner && childField(owner, name.replace('.', ''))
    if (place || owner?.type === 'map') continue
    if (field?.within) names.push(field.within)
    names.push(name.replace('.', ''))
  }
  return names.join('.')
}

export interface Misfit {
  root: Field
  /** Go's name of the innermost struct. */
  struct: string
  path: string
  value: Json
  goType: string
  /** A number as it was written, where it does not fit its type. */
  written?: string | undefined
}

export function wrongType({ root, struct, path, value, goType, written }: Misfit): ApiError {
  const found = written === undefined ? jsonType(value) : `number ${written}`
  return failure.badRequest(
    `json: cannot unmarshal ${found} into Go struct field ${struct}.${goPath(root, path)} of type ${goType}`,
  )
}
