/** The options of requests, which come in the query, and of deletions, which come in the body too; judged as upstream judges them. */
import { FieldErrors } from '../../objects/field-errors.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { DeleteOptions, ListOptions, PatchType } from '../request.js'

/** @throws ApiError 400 */
function number(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (!text) return undefined
  if (!/^[+-]?\d+$/.test(text)) throw failure.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
/** Whatever is not told to be false is true, as Go's conversion has it. */
export const flag = (text: string | null): boolean | undefined =>
  text === null ? undefined : !['false', '0'].includes(text.toLowerCase())

/** One Invalid for options of that kind. @throws ApiError 422 */
function judge(kind: string, check: (errors: FieldErrors) => void): void {
  const errors = new FieldErrors()
  check(errors)
  if (errors.any) throw errors.toError('meta.k8s.io', kind, '')
}

/** @throws ApiError 400, 422 */
export function listOptions(query: URLSearchParams, isWatch: boolean): ListOptions {
  const text = (name: string) => query.get(name) ?? undefined
  const options: ListOptions = {
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    limit: number(query, 'limit'),
    continue: text('continue'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch') || undefined,
    allowWatchBookmarks: flag(query.get('allowWatchBookmarks')),
    sendInitialEvents: flag(query.get('sendInitialEvents')),
    timeoutSeconds: number(query, 'timeoutSeconds'),
    include: text('includeObject'),
  }
  judge('ListOptions', (errors) => (isWatch ? checkWatch : checkList)(options, errors))
  return options
}

const MATCHES = ['Exact', 'NotOlderThan', '']
const MATCH = 'resourceVersionMatch'

/** Models ValidateListOptions */
function checkList(options: ListOptions, errors: FieldErrors): void {
  const { resourceVersionMatch: match, resourceVersion } = options
  if (options.sendInitialEvents !== undefined) errors.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  if (!match) return
  if (!resourceVersion) errors.forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`)
  if (options.continue) errors.forbidden(MATCH, `${MATCH} is forbidden when continue is provided`)
  if (!MATCHES.includes(match)) errors.notSupported(MATCH, match, MATCHES)
  else if (match === 'Exact' && resourceVersion === '0')
    errors.forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`)
}

/** Models ValidateListOptions for a watch */
function checkWatch(options: ListOptions, errors: FieldErrors): void {
  const { resourceVersionMatch: match, sendInitialEvents } = options
  if (sendInitialEvents !== undefined) {
    if (match !== 'NotOlderThan') errors.forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to NotOlderThan`)
  } else if (match) errors.forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`)
  if (options.continue) errors.forbidden('continue', 'continue is forbidden for watch')
}

export interface WriteOptions {
  dryRun: boolean
  fieldManager: string
  fieldValidation: string
  force: boolean | undefined
}

const LONGEST_MANAGER = 128
const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn']
const KINDS = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' } as const

/** `kubectl/v1.36.2 (linux/amd64)` manages as `kubectl`. */
const managerFromAgent = (agent: string): string => agent.split('/')[0]?.slice(0, LONGEST_MANAGER) || 'unknown'

interface Write {
  verb: keyof typeof KINDS
  query: URLSearchParams
  agent: string
  patch?: PatchType | undefined
}

/** @throws ApiError 422 */
export function writeOptions({ verb, query, agent, patch }: Write): WriteOptions {
  const manager = query.get('fieldManager') ?? ''
  const validation = query.get('fieldValidation') ?? ''
  const force = flag(query.get('force'))
  const dryRun = query.getAll('dryRun').filter(Boolean)
  judge(KINDS[verb], (errors) => {
    checkDryRun(dryRun, errors)
    checkManager(manager, errors)
    if (!VALIDATIONS.includes(validation)) errors.notSupported('fieldValidation', validation, VALIDATIONS)
    if (patch === 'apply' && !manager) errors.required('fieldManager', 'is required for apply patch')
    if (verb === 'patch' && patch !== 'apply' && force) errors.forbidden('force', 'may not be specified for non-apply patch')
  })
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager || managerFromAgent(agent),
    fieldValidation: validation || 'Warn',
    force,
  }
}

function checkDryRun(values: string[], errors: FieldErrors): void {
  if (values.some((value) => value !== 'All')) errors.notSupported('dryRun', values, ['All'])
}

function checkManager(manager: string, errors: FieldErrors): void {
  if (manager.length > LONGEST_MANAGER) errors.tooLong('fieldManager', LONGEST_MANAGER)
  const at = [...manager].findIndex((letter) => !/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(letter))
  if (at < 0) return
  const code = (manager.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  errors.invalid('fieldManager', manager, `invalid character U+${code} (at position ${at})`)
}

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil']

/** @throws ApiError 400, 422 */
export function deleteOptions(query: URLSearchParams, body: JsonObject): { deletion: DeleteOptions; dryRun: boolean } {
  const { kind, apiVersion = 'meta.k8s.io/v1' } = body
  if (kind !== undefined && kind !== 'DeleteOptions')
    throw failure.badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    )
  const own = <T>(name: string) => body[name] as T | undefined
  const deletion: DeleteOptions = {
    gracePeriodSeconds: own<number>('gracePeriodSeconds') ?? number(query, 'gracePeriodSeconds'),
    propagationPolicy: own<string>('propagationPolicy') ?? (query.get('propagationPolicy') || undefined),
    orphanDependents: own<boolean>('orphanDependents') ?? flag(query.get('orphanDependents')),
    preconditions: isObject(body.preconditions) ? (body.preconditions as DeleteOptions['preconditions']) : undefined,
  }
  const dryRun = [...(Array.isArray(body.dryRun) ? body.dryRun.map(String) : []), ...query.getAll('dryRun').filter(Boolean)]
  judge('DeleteOptions', (errors) => {
    const { propagationPolicy: policy, orphanDependents } = deletion
    if (policy !== undefined && orphanDependents !== undefined)
      errors.invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set')
    if (policy !== undefined && !POLICIES.slice(0, 3).includes(policy)) errors.notSupported('propagationPolicy', policy, POLICIES)
    checkDryRun(dryRun, errors)
  })
  return { deletion, dryRun: dryRun.length > 0 }
}
