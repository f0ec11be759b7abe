import { builtInType } from '../admission/policies/built-in-types.js'
import { expressionWarnings, type TypeSource } from '../admission/policies/type-check.js'
import type { CelType } from '../cel/types.js'
import type { Definition } from '../custom/definition.js'
import { typeOf } from '../custom/schema-types.js'
import { builtIns, type GroupVersionKind } from '../kinds/resource.js'
import { OBJECT_META, typeForKind } from '../schema/types.js'
import type { Random } from '../time/random.js'
import { defineController, done } from './runtime/controller.js'

/** Upstream makes names of types unique with the nanoseconds of the moment. */
const NANOSECONDS = 1_000_000_000

/** Writes into a policy's status what its expressions get wrong about the types of what it matches. Models pkg/controller/validatingadmissionpolicystatus (v1.36). */
export const policyTypesController = defineController({
  name: 'validatingadmissionpolicy-status-controller',
  reconciles: 'ValidatingAdmissionPolicy',
  reads: ['CustomResourceDefinition'],
  async reconcile({ client, informers, random }, name) {
    const policy = informers.get('ValidatingAdmissionPolicy', name)
    const { generation = 0 } = policy?.metadata ?? {}
    if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return done
    const found = expressionWarnings(policy, typeSource(informers.list('CustomResourceDefinition'), random))
    const typeChecking = { expressionWarnings: found.length > 0 ? found : null }
    await client.patch(
      'ValidatingAdmissionPolicy',
      name,
      { status: { observedGeneration: generation, typeChecking } },
      { subresource: 'status' },
    )
    return done
  },
})

function typeSource(definitions: Definition[], random: Random): TypeSource {
  return {
    kindsOf({ group, version, resource }) {
      const own = builtIns.filter(
        (each) => each.resource === resource && each.version === version && (group === '' || each.group === group),
      )
      const custom = definitions.filter(
        ({ spec }) =>
          spec.names.plural === resource &&
          (group === '' || spec.group === group) &&
          spec.versions.some((each) => each.served && each.name === version),
      )
      return [
        ...own.map(({ group, version, kind }) => ({ group, version, kind })),
        ...custom.map(({ spec }) => ({ group: spec.group, version, kind: spec.names.kind })),
      ]
    },
    typeOf(kind) {
      const name = `${kind.kind}${random.below(NANOSECONDS)}`
      const known = typeForKind(kind.group, kind.version, kind.kind)
      return known ? builtInType(known, name) : customType(definitions, kind, name)
    },
  }
}

/** A custom resource's own fields, with the metadata that every object has. */
function customType(definitions: Definition[], { group, version, kind }: GroupVersionKind, name: string): CelType | undefined {
  const definition = definitions.find(({ spec }) => spec.group === group && spec.names.kind === kind)
  const schema = definition?.spec.versions.find((each) => each.name === version)?.schema?.openAPIV3Schema
  const identity = { apiVersion: { type: 'string' as const }, kind: { type: 'string' as const } }
  const type = schema && typeOf({ ...schema, properties: { ...schema.properties, ...identity } }, name)
  const metadata = builtInType(OBJECT_META, `${name}.metadata`)
  if (type?.kind !== 'object' || !metadata) return type
  return { ...type, fields: { ...type.fields, metadata } }
}
