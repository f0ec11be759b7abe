/** Validating and mutating webhooks. Models pkg/apis/admissionregistration. */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dns1035Label, dnsSubdomain } from '../../objects/names.js'
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
  WebhookClientConfig,
} from '../../schema/kubernetes.generated.js'
import { columns, integerColumn } from '../columns.js'
import { defineKind, type KindDefinition } from '../define.js'
import { validateSelector } from '../label-selector.js'
import { admissionPolicyKinds } from './admission-policies.js'
import { FAILURE_POLICIES, oneOf, REINVOCATION, validateConditions, validateRule } from './admission-rules.js'

const GROUP = 'admissionregistration.k8s.io'
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const REVIEW_VERSIONS = ['v1', 'v1beta1']

function validateName(name: string, path: string, errors: FieldErrors): void {
  const problems = name ? dnsSubdomain(name) : []
  if (!name) errors.required(path)
  else if (problems.length) errors.invalid(path, name, problems.join(','))
  else if (name.split('.').length < 3)
    errors.invalid(path, name, 'should be a domain with at least three segments separated by dots')
}

const FORM = '; desired format: https://host[/path]'

function validateUrl(text: string, path: string, errors: FieldErrors): void {
  const [, scheme = '', user, host = '', , query, fragment] =
    /^(?:([a-zA-Z][\w+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(text) ?? []
  if (scheme !== 'https') errors.invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`)
  if (!host) errors.invalid(path, host, `host must be specified${FORM}`)
  if (user) errors.invalid(path, user, 'user information is not permitted in the URL')
  if (fragment) errors.invalid(path, fragment, 'fragments are not permitted in the URL')
  if (query) errors.invalid(path, query, 'query parameters are not permitted in the URL')
}

function validatePath(url: string, path: string, errors: FieldErrors): void {
  if (url === '' || url === '/') return
  if (url === '//') {
    errors.invalid(path, url, 'segment[0] may not be empty')
    return
  }
  if (!url.startsWith('/')) errors.invalid(path, url, "must start with a '/'")
  for (const [index, step] of url.slice(1).replace(/\/$/, '').split('/').entries()) {
    if (!step) errors.invalid(path, url, `segment[${index}] may not be empty`)
    else for (const problem of dnsSubdomain(step)) errors.invalid(path, url, `segment[${index}]: ${problem}`)
  }
}

function validateClient({ url, service }: WebhookClientConfig, path: string, errors: FieldErrors): void {
  if ((url === undefined) === (service === undefined)) {
    errors.required(path, 'exactly one of url or service is required')
    return
  }
  if (url !== undefined) {
    validateUrl(url, `${path}.url`, errors)
    return
  }
  // Upstream hands the two names over the wrong way round: what is missing is told of the other.
  if (!service?.namespace) errors.required(`${path}.service.name`)
  if (!service?.name) errors.required(`${path}.service.namespace`)
  const port = service?.port ?? 443
  if (port < 1 || port > 65535)
    errors.invalid(`${path}.service.port`, port, 'port is not valid: must be between 1 and 65535, inclusive')
  if (service?.path !== undefined) validatePath(service.path, `${path}.service.path`, errors)
}

function validateVersions(versions: string[], path: string, errors: FieldErrors): void {
  if (versions.length === 0) {
    errors.required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)
    return
  }
  for (const [index, each] of versions.entries()) {
    if (versions.indexOf(each) < index) errors.invalid(`${path}[${index}]`, each, 'duplicate version')
    else for (const problem of dns1035Label(each)) errors.invalid(`${path}[${index}]`, each, problem)
  }
  if (!versions.some((each) => REVIEW_VERSIONS.includes(each)))
    errors.invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)
}

function validateHook(hook: ValidatingWebhook & Partial<MutatingWebhook>, path: string, errors: FieldErrors): void {
  validateName(hook.name, `${path}.name`, errors)
  for (const [index, rule] of (hook.rules ?? []).entries()) validateRule(rule, `${path}.rules[${index}]`, errors)
  oneOf(hook.failurePolicy, FAILURE_POLICIES, `${path}.failurePolicy`, errors)
  oneOf(hook.matchPolicy, ['Equivalent', 'Exact'], `${path}.matchPolicy`, errors)
  if (!hook.sideEffects) errors.required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`)
  else oneOf(hook.sideEffects, SIDE_EFFECTS, `${path}.sideEffects`, errors)
  const { timeoutSeconds } = hook
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1))
    errors.invalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')
  validateSelector(hook.namespaceSelector ?? {}, `${path}.namespaceSelector`, errors)
  validateSelector(hook.objectSelector ?? {}, `${path}.objectSelector`, errors)
  oneOf(hook.reinvocationPolicy, REINVOCATION, `${path}.reinvocationPolicy`, errors)
  validateClient(hook.clientConfig ?? {}, `${path}.clientConfig`, errors)
  validateConditions(hook.matchConditions ?? [], false, { path: `${path}.matchConditions`, errors })
  validateVersions(hook.admissionReviewVersions ?? [], `${path}.admissionReviewVersions`, errors)
}

function validateHooks({ webhooks = [] }: ValidatingWebhookConfiguration, errors: FieldErrors): void {
  const names = new Set<string>()
  for (const [index, hook] of webhooks.entries()) {
    validateHook(hook, `webhooks[${index}]`, errors)
    if (names.has(hook.name)) errors.duplicate(`webhooks[${index}].name`, hook.name)
    if (hook.name) names.add(hook.name)
  }
}

function defaultHook(hook: ValidatingWebhook): void {
  hook.failurePolicy ??= 'Fail'
  hook.matchPolicy ??= 'Equivalent'
  hook.namespaceSelector ??= {}
  hook.objectSelector ??= {}
  hook.timeoutSeconds ??= 10
  for (const rule of hook.rules ?? []) rule.scope ??= '*'
  if (hook.clientConfig?.service) hook.clientConfig.service.port ??= 443
}

/** Nothing outside of the cluster is ever called: such a webhook fails as one that cannot be reached. */
const outsideWarnings = ({ webhooks = [] }: ValidatingWebhookConfiguration): string[] =>
  webhooks.flatMap(({ clientConfig }, index) =>
    clientConfig?.url === undefined
      ? []
      : [`webhooks[${index}].clientConfig.url: webhooks are reached through a Service alone in the simulated cluster`],
  )

export const admissionRegistrationKinds: KindDefinition[] = [
  defineKind<MutatingWebhookConfiguration>(GROUP, 'MutatingWebhookConfiguration', {
    counted: true,
    defaults({ webhooks = [] }) {
      for (const hook of webhooks) {
        defaultHook(hook)
        hook.reinvocationPolicy ??= 'Never'
      }
    },
    validate: validateHooks,
    warnings: outsideWarnings,
    columns: columns<MutatingWebhookConfiguration>(integerColumn('Webhooks', ({ webhooks }) => webhooks?.length)),
  }),
  defineKind<ValidatingWebhookConfiguration>(GROUP, 'ValidatingWebhookConfiguration', {
    counted: true,
    defaults: ({ webhooks = [] }) => webhooks.forEach(defaultHook),
    validate: validateHooks,
    warnings: outsideWarnings,
    columns: columns<ValidatingWebhookConfiguration>(integerColumn('Webhooks', ({ webhooks }) => webhooks?.length)),
  }),
  ...admissionPolicyKinds,
]
