/** How upstream shows a patch whose result it cannot read. @see apiserver/pkg/endpoints/handlers/patch.go */
import { FieldErrors } from '../../objects/field-errors.js'
import { isObject, type Json } from '../../objects/object.js'
import type { ApiError } from '../../objects/status.js'
import { goValue } from '../../patch/typed.js'
import type { ApiRequest } from '../request.js'

/** @param after what the patch made */
export function invalidPatch({ type, document }: NonNullable<ApiRequest['patch']>, after: Json, problem: string): ApiError {
  const errors = new FieldErrors()
  const shown =
    type === 'strategic' ? goValue(document as Json) : goJson(after, type === 'merge' ? (document as Json) : stepsOf(document))
  errors.invalid('patch', shown, problem)
  return errors.toError('', '', '')
}

/** The paths of a JSON patch, as a patch of the other kind would touch them. */
function stepsOf(document: unknown): Json {
  const touched: Json = {}
  for (const { path } of Array.isArray(document) ? (document as { path?: unknown }[]) : []) {
    let at: { [name: string]: Json | undefined } = touched
    for (const name of String(path ?? '')
      .split('/')
      .slice(1, -1)) {
      const next = isObject(at[name]) ? at[name] : {}
      at[name] = next
      at = next as { [name: string]: Json | undefined }
    }
  }
  return touched
}

/** The patched object as upstream's library writes it: what was opened for the patch in the order of its names, all else as it came. */
function goJson(value: Json, touched: Json | undefined): string {
  if (!isObject(touched)) return escaped(JSON.stringify(value))
  if (Array.isArray(value)) return `[${value.map((item, index) => goJson(item, touched[String(index)])).join(',')}]`
  if (!isObject(value)) return escaped(JSON.stringify(value))
  const fields = Object.keys(value)
    .sort()
    .flatMap((name) => (value[name] === undefined ? [] : `${JSON.stringify(name)}:${goJson(value[name] ?? null, touched[name])}`))
  return `{${fields.join(',')}}`
}

const escaped = (text: string): string => text.replace(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
