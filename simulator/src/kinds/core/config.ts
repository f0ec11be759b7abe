/** ConfigMap and Secret. */
import type { FieldErrors } from '../../objects/field-errors.js'
import { configMapKey } from '../../objects/names.js'
import type { ConfigMap, Secret } from '../../schema/kubernetes.generated.js'
import { column, columns, integerColumn } from '../columns.js'
import { defineKind } from '../define.js'
import { MOST_DATA_BYTES } from '../early-limits.js'
import { immutable } from '../metadata.js'

function validateData(parts: [path: string, data: Record<string, unknown> | undefined][], errors: FieldErrors): void {
  let size = 0
  for (const [path, data] of parts) {
    const others = path === 'data' ? (parts[1]?.[1] ?? {}) : {}
    for (const [key, value] of Object.entries(data ?? {}).sort(([left], [right]) => (left < right ? -1 : 1))) {
      for (const problem of configMapKey(key)) errors.invalid(`${path}[${key}]`, key, problem)
      if (Object.hasOwn(others, key)) errors.invalid(`${path}[${key}]`, key, 'duplicate of key present in binaryData')
      size += Buffer.byteLength(String(value))
    }
  }
  if (size > MOST_DATA_BYTES) errors.tooLong('', MOST_DATA_BYTES)
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

/** Docker's files are JSON; upstream shows what Go's reader says of what is none. */
function validateDocker(text: string, path: string, errors: FieldErrors): void {
  try {
    JSON.parse(text)
  } catch {
    const first = text.trimStart()[0]
    const why =
      first === undefined ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`
    errors.invalid(path, '<secret contents redacted>', why)
  }
}

function validateTyped({ type = '', data }: Secret, errors: FieldErrors): void {
  const values = (data ?? {}) as Record<string, string>
  for (const key of REQUIRED_KEYS[type] ?? []) {
    if (!(key in values)) errors.required(`data[${key}]`)
    else if (key.startsWith('.docker'))
      validateDocker(Buffer.from(values[key] ?? '', 'base64').toString(), `data[${key}]`, errors)
  }
  if (type === 'kubernetes.io/basic-auth' && !('username' in values) && !('password' in values)) {
    errors.required('data[username]')
    errors.required('data[password]')
  }
}

export const secret = defineKind<Secret>('', 'Secret', {
  defaults(object) {
    object.type ??= 'Opaque'
  },
  prepareForCreate: mergeStringData,
  prepareForUpdate: mergeStringData,
  validate(object, errors) {
    validateData([['data', object.data as Record<string, unknown> | undefined]], errors)
    validateTyped(object, errors)
    if (
      object.type === 'kubernetes.io/service-account-token' &&
      !object.metadata.annotations?.['kubernetes.io/service-account.name']
    )
      errors.required('metadata.annotations[kubernetes.io/service-account.name]')
  },
  validateUpdate(object, old, errors) {
    immutable(object.type, old.type, 'type', errors)
    if (old.immutable && !object.immutable) errors.forbidden('immutable', 'field is immutable when `immutable` is set')
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
