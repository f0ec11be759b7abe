/** Checks that the validation of many kinds is made of, with upstream's texts. */
import type { FieldErrors } from '../objects/field-errors.js'
import { parseRange } from '../objects/ip-range.js'
import { dnsSubdomain, type NameRule } from '../objects/names.js'

/** Adds what a rule finds wrong with a name or value. */
export function follow(rule: NameRule, value: string, path: string, errors: FieldErrors): void {
  for (const problem of rule(value)) errors.invalid(path, value, problem)
}

/** Required, and of the form of the rule. */
export function named(rule: NameRule, value: string | undefined, path: string, errors: FieldErrors): void {
  if (!value) errors.required(path)
  else follow(rule, value, path, errors)
}

export function atLeast(least: number, value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && value < least) errors.invalid(path, value, `must be greater than or equal to ${least}`)
}
export const nonNegative = (value: number | undefined, path: string, errors: FieldErrors): void => atLeast(0, value, path, errors)

const PERCENT = /^(\d+)%$/
const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

export function validateCidr(text: string, path: string, errors: FieldErrors): void {
  if (!parseRange(text)) errors.invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')
}

/** A whole number or a percentage. */
export function intOrPercent(value: number | string | undefined, path: string, errors: FieldErrors): void {
  if (typeof value === 'number') nonNegative(value, path, errors)
  else if (value !== undefined && !PERCENT.test(value)) errors.invalid(path, value, PERCENT_TEXT)
}

export function atMostAll(value: number | string | undefined, path: string, errors: FieldErrors): void {
  const percent = typeof value === 'string' ? PERCENT.exec(value)?.[1] : undefined
  if (percent !== undefined && Number(percent) > 100) errors.invalid(path, value, 'must not be greater than 100%')
}

/** The number of either form; 0 for what is neither. */
export const numberOf = (value: number | string | undefined): number =>
  typeof value === 'number' ? value : Number(PERCENT.exec(value ?? '')?.[1] ?? 0)

const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
const httpPath = new RegExp(`^${HTTP_PATH}$`)

/** `acme.io/foo` */
export function domainPrefixed(value: string | undefined, path: string, errors: FieldErrors): void {
  if (!value) {
    errors.required(path)
    return
  }
  const slash = value.indexOf('/')
  if (slash <= 0 || slash === value.length - 1) {
    errors.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')
    return
  }
  follow(dnsSubdomain, value.slice(0, slash), path, errors)
  const rest = value.slice(slash + 1)
  if (!httpPath.test(rest)) errors.invalid(path, rest, `Invalid path (regex used for validation is '${HTTP_PATH}')`)
}

const WILDCARD = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const WILDCARD_TEXT =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/** `*.example.com` */
export const wildcardSubdomain: NameRule = (name) => [
  ...(name.length > 253 ? ['must be no more than 253 bytes'] : []),
  ...(WILDCARD.test(name) ? [] : [WILDCARD_TEXT]),
]
