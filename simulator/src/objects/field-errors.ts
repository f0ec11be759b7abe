/** Validation errors of one object, collected and worded as apimachinery/pkg/util/validation/field does. */
import { ApiError, type StatusCause } from './status.js'

type ErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueNotFound'
  | 'FieldValueTypeInvalid'

export interface FieldError {
  type: ErrorType
  field: string
  body: string
}

/** Nobody reads further; upstream tells all of them, in an answer of many megabytes. */
const MOST_TOLD = 1000

/** Letters of a value that is told; what is longer tells nobody more, and upstream's answer of megabytes nobody reads. */
const LONGEST_TOLD = 64 * 1024

/** As Go's encoder writes it: a string plainly, in all else three letters escaped. */
function quote(value: unknown): string {
  if (value === undefined) return 'null'
  const whole = JSON.stringify(value)
  const text = whole.length > LONGEST_TOLD ? `${whole.slice(0, LONGEST_TOLD)}...` : whole
  return typeof value === 'string' ? text : text.replace(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
}

/** Paths are text: `spec.template.spec.containers[0].name`. */
export class FieldErrors {
  readonly list: FieldError[] = []
  #add(type: ErrorType, field: string, body: string): void {
    if (this.list.length < MOST_TOLD) this.list.push({ type, field, body })
  }
  get any(): boolean {
    return this.list.length > 0
  }
  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, `Required value${detail ? `: ${detail}` : ''}`)
  }
  invalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${quote(value)}${detail ? `: ${detail}` : ''}`)
  }
  /** For a part that is too large to be shown. */
  invalidWithoutValue(field: string, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${detail}`)
  }
  /** `supported` in the order of upstream, which is mostly that of the alphabet. */
  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const values = supported.map((item) => JSON.stringify(item))
    this.#add(
      'FieldValueNotSupported',
      field,
      `Unsupported value: ${quote(value)}${values.length ? `: supported values: ${values.join(', ')}` : ''}`,
    )
  }
  duplicate(field: string, value: unknown, detail = ''): void {
    this.#add('FieldValueDuplicate', field, `Duplicate value: ${quote(value)}${detail ? `: ${detail}` : ''}`)
  }
  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, `Forbidden: ${detail}`)
  }
  tooLong(field: string, maxLength: number): void {
    this.#add('FieldValueTooLong', field, `Too long: may not be more than ${maxLength} bytes`)
  }
  tooMany(field: string, actual: number, maxItems: number): void {
    this.#add(
      'FieldValueTooMany',
      field,
      `Too many: ${actual}: must have at most ${maxItems} ${maxItems === 1 ? 'item' : 'items'}`,
    )
  }
  notFound(field: string, value: unknown): void {
    this.#add('FieldValueNotFound', field, `Not found: ${quote(value)}`)
  }
  typeInvalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueTypeInvalid', field, `Invalid value: ${quote(value)}: ${detail}`)
  }
  /** One Invalid status with every problem. Equal ones are said once, as upstream's aggregate does. */
  toError(group: string, kind: string, name: string): ApiError {
    const messages = [...new Set(this.list.map((error) => `${error.field}: ${error.body}`))]
    const text = messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`
    const causes: StatusCause[] = this.list.map((error) => ({ reason: error.type, message: error.body, field: error.field }))
    const qualifiedKind = group ? `${kind}.${group}` : kind
    const message = `${qualifiedKind} ${JSON.stringify(name)} is invalid${messages.length ? `: ${text}` : ''}`
    return new ApiError(422, 'Invalid', message, { ...(name ? { name } : {}), ...(group ? { group } : {}), kind, causes })
  }
}
