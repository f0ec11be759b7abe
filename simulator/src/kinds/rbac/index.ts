import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsSubdomain, pathSegment } from '../../objects/names.js'
import { sameJson } from '../../objects/object.js'
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../../schema/kubernetes.generated.js'
import { follow, named } from '../checks.js'
import { column, columns, wide } from '../columns.js'
import { defineKind, type KindDefinition } from '../define.js'
import { validateSelector } from '../label-selector.js'

const RBAC = 'rbac.authorization.k8s.io'

function validateRules(rules: PolicyRule[] | undefined, namespaced: boolean, errors: FieldErrors): void {
  for (const [index, rule] of (rules ?? []).entries()) {
    const path = `rules[${index}]`
    if (!rule.verbs?.length) errors.required(`${path}.verbs`, 'verbs must contain at least one value')
    if (rule.nonResourceURLs?.length) {
      if (namespaced)
        errors.invalid(`${path}.nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')
      if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length)
        errors.invalid(
          `${path}.nonResourceURLs`,
          rule.nonResourceURLs,
          'rules cannot apply to both regular resources and non-resource URLs',
        )
      continue
    }
    if (!rule.apiGroups?.length) errors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group')
    if (!rule.resources?.length) errors.required(`${path}.resources`, 'resource rules must supply at least one resource')
  }
}

type Binding = RoleBinding | ClusterRoleBinding

function defaultBinding(object: Binding): void {
  if (object.roleRef) object.roleRef.apiGroup ||= RBAC
  for (const subject of object.subjects ?? []) {
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = RBAC
  }
}

function validateBinding(object: Binding, kinds: string[], errors: FieldErrors): void {
  if (object.roleRef.apiGroup !== RBAC) errors.notSupported('roleRef.apiGroup', object.roleRef.apiGroup, [RBAC])
  if (!kinds.includes(object.roleRef.kind)) errors.notSupported('roleRef.kind', object.roleRef.kind, kinds)
  named(pathSegment, object.roleRef.name, 'roleRef.name', errors)
  for (const [index, subject] of (object.subjects ?? []).entries()) {
    const path = `subjects[${index}]`
    if (!subject.name) errors.required(`${path}.name`)
    if (subject.kind === 'ServiceAccount') {
      if (subject.name) follow(dnsSubdomain, subject.name, `${path}.name`, errors)
      if (subject.apiGroup) errors.notSupported(`${path}.apiGroup`, subject.apiGroup, [''])
      if (!subject.namespace && object.kind === 'ClusterRoleBinding') errors.required(`${path}.namespace`)
    } else if (subject.kind === 'User' || subject.kind === 'Group') {
      if (subject.apiGroup !== RBAC) errors.notSupported(`${path}.apiGroup`, subject.apiGroup, [RBAC])
    } else errors.notSupported(`${path}.kind`, subject.kind, ['ServiceAccount', 'User', 'Group'])
  }
}

function validateBindingUpdate(object: Binding, old: Binding, errors: FieldErrors): void {
  const { apiGroup: APIGroup, kind: Kind, name: Name } = object.roleRef
  // The value is the one of Go's structure.
  if (!sameJson(object.roleRef, old.roleRef)) errors.invalid('roleRef', { APIGroup, Kind, Name }, 'cannot change roleRef')
}

const subjects = (object: Binding, kind: string): string =>
  (object.subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ')

const bindingColumns = <T extends Binding>() =>
  columns<T>(
    column('Role', (object) => `${object.roleRef.kind}/${object.roleRef.name}`),
    wide(column('Users', (object) => subjects(object, 'User'), '')),
    wide(column('Groups', (object) => subjects(object, 'Group'), '')),
    wide(column('ServiceAccounts', (object) => subjects(object, 'ServiceAccount'), '')),
  )

const created = { name: 'Created At', value: (object: Role | ClusterRole) => object.metadata.creationTimestamp ?? '' }
const nameOnly = { name: 'Name', format: 'name', value: (object: Role | ClusterRole) => object.metadata.name }

const clusterRole = defineKind<ClusterRole>(RBAC, 'ClusterRole', {
  nameRule: pathSegment,
  validate(object, errors) {
    validateRules(object.rules, false, errors)
    const path = 'aggregationRule.clusterRoleSelectors'
    const selectors = object.aggregationRule?.clusterRoleSelectors ?? []
    if (object.aggregationRule && selectors.length === 0)
      errors.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')
    for (const [index, selector] of selectors.entries()) validateSelector(selector, `${path}[${index}]`, errors)
  },
  columns: [nameOnly, created],
})
const role = defineKind<Role>(RBAC, 'Role', {
  nameRule: pathSegment,
  validate: (object, errors) => validateRules(object.rules, true, errors),
  columns: [nameOnly, created],
})
const clusterRoleBinding = defineKind<ClusterRoleBinding>(RBAC, 'ClusterRoleBinding', {
  nameRule: pathSegment,
  defaults: defaultBinding,
  validate: (object, errors) => validateBinding(object, ['ClusterRole'], errors),
  validateUpdate: validateBindingUpdate,
  columns: bindingColumns<ClusterRoleBinding>(),
})
const roleBinding = defineKind<RoleBinding>(RBAC, 'RoleBinding', {
  nameRule: pathSegment,
  defaults(object) {
    defaultBinding(object)
    for (const subject of object.subjects ?? [])
      if (subject.kind === 'ServiceAccount' && !subject.namespace && object.metadata.namespace)
        subject.namespace = object.metadata.namespace
  },
  validate: (object, errors) => validateBinding(object, ['Role', 'ClusterRole'], errors),
  validateUpdate: validateBindingUpdate,
  columns: bindingColumns<RoleBinding>(),
})

export const rbacKinds: KindDefinition[] = [clusterRole, clusterRoleBinding, role, roleBinding]
