/** ConfigMap and Secret. */
import type { FieldErrors } from '../../objects/field-errors.js'
import { configMapKey } from '../../objects/names.js'
import type { ConfigMap, Secret } from '../../schema/kubernetes.generated.js'
import { column, columns, integerColumn } from '../columns.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'

const LARGEST_BYTES = 1024 * 1024

function validateData(parts: [path: string, data: Record<string, unknown> | undefined][], errors: FieldErrors): void {
  let size = 0
  for (const [path, data] of parts) {
    for (const [key, value] of Object.entries(data ?? {})) {
      for (const problem of configMapKey(key)) errors.invalid(`${path}[${key}]`, key, problem)
      size += Buffer.byteLength(String(value))
    }
  }
  if (size > LARGEST_BYTES) errors.tooLong('', LARGEST_BYTES)
}

export const configMap = defineKind<ConfigMap>('', 'ConfigMap', {
  validate(object, errors) {
    validateData(
      [
        ['data', object.data],
        ['binaryData', object.binaryData as Record<string, unknown> | undefined],
      ],
      errors,
    )
  },
  validateUpdate(object, old, errors) {
    if (!old.immutable) return
    if (!object.immutable) errors.forbidden('immutable', 'field is immutable when `immutable` is set')
    for (const part of ['data', 'binaryData'] as const)
      if (JSON.stringify(object[part]) !== JSON.stringify(old[part]))
        errors.forbidden(part, 'field is immutable when `immutable` is set')
  },
  columns: columns<ConfigMap>(integerDataColumn()),
})

function integerDataColumn() {
  return integerColumn<ConfigMap>(
    'Data',
    (object) => Object.keys(object.data ?? {}).length + Object.keys((object.binaryData as object) ?? {}).length,
  )
}

/** The keys that a Secret of a type must hold. */
const REQUIRED_KEYS: Record<string, string[]> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

export const secret = defineKind<Secret>('', 'Secret', {
  defaults(object) {
    object.type ??= 'Opaque'
  },
  prepareForCreate: mergeStringData,
  prepareForUpdate: mergeStringData,
  validate(object, errors) {
    validateData([['data', object.data as Record<string, unknown> | undefined]], errors)
    for (const key of REQUIRED_KEYS[object.type ?? ''] ?? [])
      if (!(key in ((object.data as object) ?? {}))) errors.required(`data[${key}]`)
    if (
      object.type === 'kubernetes.io/service-account-token' &&
      !object.metadata.annotations?.['kubernetes.io/service-account.name']
    )
      errors.required('metadata.annotations[kubernetes.io/service-account.name]')
  },
  validateUpdate(object, old, errors) {
    immutable(object.type, old.type, 'type', errors)
    if (old.immutable && JSON.stringify(object.data) !== JSON.stringify(old.data))
      errors.forbidden('data', 'field is immutable when `immutable` is set')
  },
  fields: { type: (object) => object.type ?? '' },
  columns: columns<Secret>(
    column('Type', (object) => object.type),
    integerColumn('Data', (object) => Object.keys((object.data as object) ?? {}).length),
  ),
})

/** `stringData` is a way to write; only `data` is kept. */
function mergeStringData(object: Secret): void {
  if (!object.stringData) return
  const data: Record<string, unknown> = { ...(object.data as Record<string, unknown> | undefined) }
  for (const [key, text] of Object.entries(object.stringData)) data[key] = Buffer.from(text).toString('base64')
  object.data = data as never
  delete object.stringData
}
