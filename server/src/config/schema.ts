/**
 * The one configuration schema: type, default, unit and help of every setting. Everything else (environment variables, the file,
 * `--help`, the printed summary, docs/operations.md) is derived from it. A setting is `SECTION.KEY`; to add one, add it here.
 */
import Type, { type Static, type TObject } from 'typebox'

const section = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties): TObject<Properties> =>
  Type.Object(properties, { additionalProperties: false })

const text = (description: string, initial = '') => Type.String({ description, default: initial })
const secret = (description: string) => Type.String({ description, default: '', secret: true })
const flag = (description: string, initial = false) => Type.Boolean({ description, default: initial })
const count = (description: string, initial: number, bounds: { minimum?: number; maximum?: number; unit?: string } = {}) =>
  Type.Integer({ description, default: initial, minimum: 0, ...bounds })

export const ConfigSchema = section({
  http: section({
    host: text('address to listen on; anything but loopback is seen by the network', '127.0.0.1'),
    port: count('port to listen on; 0 takes a free one', 7420, { maximum: 65535 }),
    publicUrl: text('the address that people open, where a proxy stands in front, such as https://labs.example.org'),
    allowedHosts: Type.Array(Type.String(), { description: 'further names in the Host header to answer to', default: [] }),
    trustProxy: flag('take the address of a client from X-Forwarded-For; only behind a proxy of yours'),
    signInsPerMinute: count('sign-in attempts that one address may make a minute', 20, { minimum: 1 }),
    requestsPerMinute: count('requests that one signed-in learner may make a minute', 1200, { minimum: 1 }),
  }),
  log: section({
    level: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      description: 'the least important line that is written',
      default: 'info',
    }),
    file: text('where to write the log; empty means server.log in the data directory, "-" means standard error'),
  }),
  store: section({
    url: secret('postgres://... ; empty means SQLite in the data directory'),
  }),
  accounts: section({
    ownerName: text('name of the owner', 'owner'),
    sessionDays: count('a browser stays signed in for so long after it was last used', 30, { minimum: 1, unit: 'days' }),
    linkHours: count('a sign-in link is good for so long', 72, { minimum: 1, unit: 'hours' }),
    trustLearners: flag(
      'let learners besides the owner work on an engine whose nodes are containers of this computer (docs/security.md)',
    ),
  }),
  content: section({
    directory: text('folder that holds labs/ and checkers/; empty means the labs that come with Wheelhouse'),
  }),
  engine: section({
    name: Type.Enum(['auto', 'kind', 'simulated', 'fake'], {
      description: 'what provisions environments; auto takes kind where a container engine answers. fake makes no cluster at all',
      default: 'auto',
    }),
  }),
  kind: section({
    provider: Type.Enum(['docker', 'podman'], { description: 'the container engine that runs the machines', default: 'docker' }),
    subnets: text('range that environments take their networks from; must not meet one of yours', '10.201.0.0/16'),
    internet: flag('let environments reach the internet; they never reach this computer or its neighbours'),
    mirror: text('registry asked instead of Docker Hub, such as mirror.example.org:5000'),
    nodeMemoryMb: count('memory of one node', 2048, { minimum: 1024, unit: 'MB' }),
    nodeCpus: Type.Number({ description: 'processors of one node', default: 2, minimum: 0.5 }),
    nodeProcesses: count('processes of one node', 4096, { minimum: 512 }),
    baseMemoryMb: count('memory of the workstation', 512, { minimum: 128, unit: 'MB' }),
    nodeImages: Type.Array(Type.String(), {
      description: 'further Kubernetes versions, as v1.35=kindest/node:v1.35.8; one of a version that is known takes its place',
      default: [],
    }),
    bakeImages: flag('put the images of all labs into the image of the machines, so that no start pays for them', true),
  }),
  simulated: section({
    sandbox: Type.Enum(['auto', 'bubblewrap', 'unshare', 'none'], {
      description:
        'what keeps shells apart; auto takes bubblewrap where it is installed, else unshare. none keeps them in no sandbox, as auto does where none is to be had: for the owner alone on this computer, who confirms it once (docs/security.md)',
      default: 'auto',
    }),
  }),
  tools: section({
    directory: text(
      'folder with kind, kubectl, helm, kustomize and yq, for rooms without a network; goes before everything else',
    ),
    cacheDirectory: text('where downloaded programs are kept; empty means the usual place for caches'),
  }),
  environments: section({
    perLearner: count('environments that one learner may have running', 2, { minimum: 1 }),
    mostRunning: count('environments that may run at once; further ones queue. 0 derives it from the memory', 0),
    parallelCreations: count('environments that are built at once', 2, { minimum: 1, maximum: 32 }),
    idleMinutes: count('an environment stops after so long without activity; 0 means never', 60, { unit: 'minutes' }),
    idleWarningMinutes: count('the stop is announced so long before', 5, { unit: 'minutes' }),
    expiryDays: count('an environment is deleted after so long without use; 0 means never', 7, { unit: 'days' }),
    expiryWarningHours: count('the deletion is announced so long before', 24, { unit: 'hours' }),
    keepOnFailure: flag('leave what a failed start has built, for its logs'),
    poolSize: count(
      'ready environments that wait for a learner, for each wanted shape; -1 leaves it to the engine (simulated 1, kind 0)',
      -1,
      { minimum: -1, maximum: 50 },
    ),
    poolShapes: Type.Array(Type.String(), {
      description: 'labs whose shape the pool keeps ready; empty means the shape that most labs want',
      default: [],
    }),
    diskFloorGb: Type.Number({
      description: 'free space that the database needs; environments are stopped before it is reached',
      default: 5,
      minimum: 0,
      unit: 'GB',
    }),
    mostDiskGb: Type.Number({
      description: 'an environment that uses more is stopped, where the engine can say what it uses; 0 means no bound',
      default: 25,
      minimum: 0,
      unit: 'GB',
    }),
    watchSeconds: count('how often space, use and deadlines are looked at', 15, { minimum: 1, unit: 'seconds' }),
  }),
})
export type Config = Static<typeof ConfigSchema>

/** One setting, as the sources and the help see it. */
export interface Setting {
  section: string
  key: string
  /** `http.port` */
  name: string
  /** `WHEELHOUSE_HTTP_PORT` */
  variable: string
  schema: SettingSchema
}
export interface SettingSchema {
  type?: string
  enum?: readonly string[]
  default: unknown
  description: string
  unit?: string
  secret?: boolean
  minimum?: number
  maximum?: number
}

/** Every setting, in the order of the schema. */
export const SETTINGS: readonly Setting[] = Object.entries(ConfigSchema.properties).flatMap(([sectionName, inner]) =>
  Object.entries(inner.properties).map(([key, schema]) => ({
    section: sectionName,
    key,
    name: `${sectionName}.${key}`,
    variable: `WHEELHOUSE_${upperSnake(sectionName)}_${upperSnake(key)}`,
    schema: schema as unknown as SettingSchema,
  })),
)

function upperSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
