import type { KubeObject } from './object.js'

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}
export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

/** What a request is about, in the words of an error: the resource of a group (`deployments.apps`). */
export interface GroupResource {
  group: string
  resource: string
}

/** `deployments.apps`, or `pods` in the core group. */
export const qualified = ({ group, resource }: GroupResource): string => (group ? `${resource}.${group}` : resource)

/** A failure that the API server answers with: a Kubernetes Status. The only error that request code throws on purpose. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** Sentences for `Warning` headers that were said before it failed. */
  warnings: readonly string[] = []
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details: StatusDetails = {},
    /** Of a list that cannot go on consistently: how it can go on nevertheless. */
    readonly continueToken?: string,
  ) {
    super(message)
  }
  /** The Status object as it crosses the wire. */
  toStatus() {
    const details = Object.keys(this.details).length > 0 ? { details: this.details } : {}
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continueToken === undefined ? {} : { continue: this.continueToken },
      status: 'Failure' as const,
      message: this.message,
      ...(this.reason ? { reason: this.reason } : {}),
      ...details,
      code: this.code,
    }
  }
}

const about = ({ group, resource }: GroupResource, name = ''): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(group ? { group } : {}),
  ...(resource ? { kind: resource } : {}),
})

/** The failures of apimachinery/pkg/api/errors, with its texts. */
export const failure = {
  notFound: (resource: GroupResource, name: string) =>
    new ApiError(404, 'NotFound', `${qualified(resource)} ${JSON.stringify(name)} not found`, about(resource, name)),
  pathNotFound: () => new ApiError(404, 'NotFound', 'the server could not find the requested resource'),
  alreadyExists: (resource: GroupResource, name: string) =>
    new ApiError(409, 'AlreadyExists', `${qualified(resource)} ${JSON.stringify(name)} already exists`, about(resource, name)),
  generateNameConflict: (resource: GroupResource, name: string) =>
    new ApiError(
      409,
      'AlreadyExists',
      `${qualified(resource)} ${JSON.stringify(name)} already exists, the server was not able to generate a unique name for the object`,
      { ...about(resource, name), retryAfterSeconds: 1 },
    ),
  conflict: (resource: GroupResource, name: string, why: string) =>
    new ApiError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualified(resource)} ${JSON.stringify(name)}: ${why}`,
      about(resource, name),
    ),
  applyConflict: (message: string, causes: StatusCause[]) => new ApiError(409, 'Conflict', message, { causes }),
  forbidden: (resource: GroupResource, name: string, why: string) => {
    const subject = resource.resource ? qualified(resource) : ''
    const head = subject ? `${subject}${name ? ` ${JSON.stringify(name)}` : ''} is forbidden` : 'forbidden'
    return new ApiError(403, 'Forbidden', `${head}: ${why}`, about(resource, name))
  },
  unauthorized: () => new ApiError(401, 'Unauthorized', 'Unauthorized'),
  badRequest: (message: string) => new ApiError(400, 'BadRequest', message),
  expired: (message: string, continueToken?: string) => new ApiError(410, 'Expired', message, {}, continueToken),
  /** The client knows of a later state than there is. */
  futureRevision: (asked: number, current: number) =>
    new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    }),
  tooManyRequests: (message: string, retryAfterSeconds: number, causes: StatusCause[] = []) =>
    new ApiError(429, 'TooManyRequests', message, {
      ...(causes.length ? { causes } : {}),
      ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
    }),
  methodNotAllowed: (resource: GroupResource, verb: string) =>
    new ApiError(
      405,
      'MethodNotAllowed',
      `${verb} is not supported on resources of kind ${JSON.stringify(qualified(resource))}`,
      about(resource),
    ),
  /** The path knows other methods. */
  noSuchMethod: () => new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource'),
  unsupportedMediaType: (accepted: string[]) =>
    new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    ),
  requestTooLarge: (message: string) => new ApiError(413, 'RequestEntityTooLarge', message),
  unprocessable: (message: string) => new ApiError(422, 'Invalid', message),
  /** An error of Go that upstream gives no reason. */
  unknown: (message: string) => new ApiError(500, '', message),
  internal: (message: string) =>
    new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }),
  notImplemented: (what: string) => new ApiError(501, 'NotImplemented', `${what} is not implemented by the simulated cluster`),
  unavailable: (message: string) => new ApiError(503, 'ServiceUnavailable', message),
  timeout: (message: string) => new ApiError(504, 'Timeout', message),
}

export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.code === 404
/** For a `catch` where it is as well that the object has gone. @throws every other error */
export const ignoreMissing = (error: unknown): undefined => {
  if (!isNotFound(error)) throw error
}
export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code === 409
export const isAlreadyExists = (error: unknown): boolean => error instanceof ApiError && error.reason === 'AlreadyExists'

/** The Status of a deletion that is done at once. */
export const successStatus = (resource: GroupResource, object: KubeObject) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success' as const,
  details: {
    name: object.metadata.name,
    ...(resource.group ? { group: resource.group } : {}),
    kind: resource.resource,
    uid: object.metadata.uid,
  },
})

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
