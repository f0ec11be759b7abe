/** What claims and classes of devices may hold. @see pkg/apis/resource/validation/validation.go */
import { compile } from '../../admission/policies/expressions.js'
import { Environment } from '../../cel/program.js'
import { BOOL, type CelType, DYN, mapOf, parseType, STRING } from '../../cel/types.js'
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain, isCIdentifier } from '../../objects/names.js'
import { isObject } from '../../objects/object.js'
import { follow, named } from '../checks.js'
import { validateDriverName } from '../core/volume-checks.js'

interface Selector {
  cel?: { expression?: string }
}
interface Exact {
  deviceClassName?: string
  selectors?: Selector[]
  allocationMode?: string
  count?: number
}
interface Request {
  name: string
  exactly?: Exact
  firstAvailable?: (Exact & { name: string })[]
}
interface Constraint {
  requests?: string[]
  matchAttribute?: string
  distinctAttribute?: string
}
interface Config {
  requests?: string[]
  opaque?: { driver?: string; parameters?: unknown }
}
export interface DeviceClaimSpec {
  devices?: { requests?: Request[]; constraints?: Constraint[]; config?: Config[] }
}
export interface DeviceClassSpec {
  selectors?: Selector[]
  config?: Config[]
  extendedResourceName?: string
}

/** @see pkg/apis/resource/v1/defaults.go */
export function defaultClaim(spec: DeviceClaimSpec | undefined): void {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? [])
    for (const each of exactly ? [exactly, ...firstAvailable] : firstAvailable) {
      each.allocationMode ||= 'ExactCount'
      if (each.allocationMode === 'ExactCount') each.count ||= 1
    }
}

/** Checks each element, and that no two have one key. */
export function validateUnique<T>(
  list: T[] | undefined,
  path: string,
  errors: FieldErrors,
  each: { check(item: T, path: string): void; key(item: T): string },
): void {
  const seen = new Set<string>()
  for (const [index, item] of (list ?? []).entries()) {
    each.check(item, `${path}[${index}]`)
    const key = each.key(item)
    if (seen.has(key)) errors.duplicate(`${path}[${index}]`, key)
    seen.add(key)
  }
}

const QUANTITY = parseType('kubernetes.Quantity')
const DEVICE: CelType = {
  kind: 'object',
  name: 'DRADevice',
  fields: {
    driver: STRING,
    allowMultipleAllocations: BOOL,
    attributes: mapOf(STRING, mapOf(STRING, DYN)),
    capacity: mapOf(STRING, mapOf(STRING, QUANTITY)),
  },
}
const environment = new Environment([['device', DEVICE]])

function validateSelectors(selectors: Selector[] | undefined, path: string, errors: FieldErrors): void {
  for (const [index, { cel }] of (selectors ?? []).entries()) {
    const at = `${path}[${index}].cel`
    if (!cel) {
      errors.required(at)
      continue
    }
    const compiled = compile(environment, cel.expression ?? '', ['bool', 'dyn'])
    if ('problem' in compiled) errors.invalid(`${at}.expression`, cel.expression ?? '', compiled.problem)
  }
}

const MODES = ['All', 'ExactCount']

function validateExact(request: Exact, path: string, errors: FieldErrors): void {
  const { deviceClassName, selectors, allocationMode = '', count = 0 } = request
  named(dnsSubdomain, deviceClassName, `${path}.deviceClassName`, errors)
  validateSelectors(selectors, `${path}.selectors`, errors)
  if (!MODES.includes(allocationMode)) errors.notSupported(`${path}.allocationMode`, allocationMode, MODES)
  else if (allocationMode === 'All' && count !== 0)
    errors.invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'")
  else if (allocationMode === 'ExactCount' && count <= 0) errors.invalid(`${path}.count`, count, 'must be greater than zero')
}

const ONE_OF = 'exactly one of `exactly` or `firstAvailable` is required'

function validateRequest({ name, exactly, firstAvailable = [] }: Request, path: string, errors: FieldErrors): void {
  follow(dnsLabel, name ?? '', `${path}.name`, errors)
  if (!exactly && firstAvailable.length === 0) errors.required(path, ONE_OF)
  else if (exactly && firstAvailable.length > 0) errors.invalid(path, null, `${ONE_OF}, but multiple fields are set`)
  else if (exactly) validateExact(exactly, `${path}.exactly`, errors)
  validateUnique(exactly ? [] : firstAvailable, `${path}.firstAvailable`, errors, {
    check(sub, at) {
      follow(dnsLabel, sub.name ?? '', `${at}.name`, errors)
      validateExact(sub, at, errors)
    },
    key: (sub) => sub.name,
  })
}

const NOT_A_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

/** `request` or `request/subrequest`, of those that the claim has. */
function validateReferences(names: string[] | undefined, requests: Request[], path: string, errors: FieldErrors): void {
  const known = new Set(
    requests.flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((sub) => `${name}/${sub.name}`)]),
  )
  validateUnique(names, path, errors, {
    check(name, at) {
      const parts = name.split('/')
      if (parts.length <= 2) for (const part of parts) follow(dnsLabel, part, at, errors)
      if (!known.has(name)) errors.invalid(at, name, NOT_A_REQUEST)
    },
    key: (name) => name,
  })
}

/** `domain/identifier` */
function validateAttribute(name: string, path: string, errors: FieldErrors): void {
  const [domain = '', id, ...rest] = name.split('/')
  if (id !== undefined) named(dnsSubdomain, domain, path, errors)
  const own = id ?? domain
  if (rest.length > 0 || !isCIdentifier(own)) errors.invalid(path, own, C_IDENTIFIER)
  if (id === undefined) errors.invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')
}

const C_IDENTIFIER =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')"

function validateConstraint(constraint: Constraint, path: string, errors: FieldErrors): void {
  const { matchAttribute, distinctAttribute } = constraint
  if (matchAttribute !== undefined) validateAttribute(matchAttribute, `${path}.matchAttribute`, errors)
  else if (distinctAttribute !== undefined) validateAttribute(distinctAttribute, `${path}.distinctAttribute`, errors)
  else errors.required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set')
}

function validateConfig({ opaque }: Config, path: string, errors: FieldErrors): void {
  if (!opaque) {
    errors.required(`${path}.opaque`)
    return
  }
  validateDriverName(opaque.driver, `${path}.opaque.driver`, errors)
  const at = `${path}.opaque.parameters`
  if (opaque.parameters === undefined || opaque.parameters === null) errors.required(at)
  else if (!isObject(opaque.parameters)) errors.invalid(at, '<value omitted>', 'must be a valid JSON object')
}

export function validateDeviceClaim(spec: DeviceClaimSpec | undefined, path: string, errors: FieldErrors): void {
  const { requests = [], constraints = [], config = [] } = spec?.devices ?? {}
  const at = `${path}.devices`
  validateUnique(requests, `${at}.requests`, errors, {
    check: (request, where) => validateRequest(request, where, errors),
    key: ({ name }) => name,
  })
  for (const [index, constraint] of constraints.entries()) {
    const where = `${at}.constraints[${index}]`
    validateReferences(constraint.requests, requests, `${where}.requests`, errors)
    validateConstraint(constraint, where, errors)
  }
  for (const [index, each] of config.entries()) {
    const where = `${at}.config[${index}]`
    validateReferences(each.requests, requests, `${where}.requests`, errors)
    validateConfig(each, where, errors)
  }
}

export function validateDeviceClass(spec: DeviceClassSpec | undefined, path: string, errors: FieldErrors): void {
  validateSelectors(spec?.selectors, `${path}.selectors`, errors)
  for (const [index, each] of (spec?.config ?? []).entries()) validateConfig(each, `${path}.config[${index}]`, errors)
}
