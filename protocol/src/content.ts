/**
 * The content format: `chapter.yaml`, `lab.yaml` and `task.yaml`. Everything the product knows of a lab's shape is derived from
 * these schemas: the JSON Schema that editors use, `wheelhouse lint`, and the types.
 */
import Type, { type Static } from 'typebox'
import { Localized } from './words.js'

const strict = { additionalProperties: false } as const
const Slug = (description: string) => Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 50, description })

/** The 27 lines of the curriculum, by domain. */
export const COMPETENCIES = {
  storage: 3,
  troubleshooting: 5,
  workloads: 5,
  architecture: 8,
  networking: 6,
} as const
export const COMPETENCY_IDS = Object.entries(COMPETENCIES).flatMap(([domain, count]) =>
  Array.from({ length: count }, (_, index) => `${domain}-${index + 1}`),
)

/** The least an engine must offer, each including those before it, except `addons`, which is any of them and third-party software. */
export const NEEDS = ['api', 'pods', 'network', 'nodes', 'addons'] as const
export const Need = Type.Enum([...NEEDS])
export type Need = (typeof NEEDS)[number]

/** Software that an engine may put into a cluster before the learner comes. */
export const ADDONS = ['metrics-server'] as const
export type Addon = (typeof ADDONS)[number]

export const ClusterShape = Type.Object(
  {
    controlPlanes: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(3)], { default: 1 })),
    workers: Type.Optional(Type.Integer({ minimum: 0, maximum: 5, default: 0 })),
    bareNodes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3,
        default: 0,
        description: 'machines with kubeadm and the kubelet that have joined no cluster',
      }),
    ),
    kubernetes: Type.Optional(
      Type.String({ pattern: '^v1\\.\\d+$', description: 'minor version, such as v1.36; absent means the installation default' }),
    ),
    cni: Type.Optional(Type.Enum(['default', 'none'], { default: 'default' })),
    addons: Type.Optional(Type.Array(Type.Enum([...ADDONS]), { uniqueItems: true, default: [] })),
  },
  strict,
)
export type ClusterShape = Static<typeof ClusterShape>

export const ChapterManifest = Type.Object(
  { id: Type.String({ pattern: '^\\d\\d-[a-z0-9-]+$' }), title: Localized, summary: Localized },
  strict,
)
export type ChapterManifest = Static<typeof ChapterManifest>

export const LabManifest = Type.Object(
  {
    id: Slug('unique over all chapters; the folder has the same name'),
    chapter: Type.String({ pattern: '^\\d\\d-[a-z0-9-]+$' }),
    title: Localized,
    summary: Localized,
    source: Type.Array(Type.String(), { description: 'where the facts come from: seed file and section' }),
    minutes: Type.Integer({ minimum: 1, maximum: 240 }),
    needs: Need,
    cluster: Type.Optional(ClusterShape),
    images: Type.Array(Type.String(), { uniqueItems: true, description: 'every image that the lab pulls, with its tag' }),
    tasks: Type.Array(Slug('a folder below tasks/'), { minItems: 1, uniqueItems: true }),
  },
  strict,
)
export type LabManifest = Static<typeof LabManifest>

export const CheckManifest = Type.Object(
  {
    id: Slug('unique in the task; never reused with another meaning'),
    title: Localized,
    points: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
    guard: Type.Optional(Type.Literal(true)),
    replaces: Type.Optional(Type.String({ description: 'the id of the check that this one corrects' })),
    requires: Type.Optional(
      Type.Literal('node-shell', { description: 'the check runs a command on a machine; without one it is not gradable' }),
    ),
  },
  strict,
)
export type CheckManifest = Static<typeof CheckManifest>

export const TaskManifest = Type.Object(
  {
    id: Slug('unique in the lab; the folder has the same name'),
    title: Localized,
    competencies: Type.Array(Type.Enum(COMPETENCY_IDS), { minItems: 1, uniqueItems: true }),
    minutes: Type.Integer({ minimum: 1, maximum: 60 }),
    difficulty: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]),
    machine: Type.Optional(Type.String({ default: 'base', description: 'where the learner works' })),
    namespaces: Type.Array(Type.String(), { uniqueItems: true, description: 'what the task owns; a reset touches nothing else' }),
    owns: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Z][A-Za-z]+/[a-z0-9][a-z0-9.:-]*\\*?$' }), {
        uniqueItems: true,
        default: [],
        description:
          'objects outside namespaces that the task owns, as Kind/name, the name with a * at its end where it stands for all that begin so; a reset deletes them',
      }),
    ),
    disruptive: Type.Optional(Type.Boolean({ default: false, description: 'wants a cluster of its own in an exam' })),
    params: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'name: generator' })),
    settleSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 300,
        default: 30,
        description: 'how long a check on the button waits for the cluster to settle',
      }),
    ),
    checks: Type.Array(CheckManifest, { minItems: 1 }),
    messages: Type.Optional(
      Type.Record(Type.String(), Localized, { description: 'texts of this checker alone, for expected and found' }),
    ),
    hints: Type.Array(Localized, { minItems: 2, maxItems: 2, description: 'a small one, then a bigger one; Markdown' }),
  },
  strict,
)
export type TaskManifest = Static<typeof TaskManifest>
