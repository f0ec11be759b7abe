/**
 * Every error that a person can meet, by code: the HTTP status it answers with and whether trying again can help.
 * The sentences are in `messages/`, under `error.CODE`; `docs/errors.md` lists cause and remedy, and a test compares both.
 */
import Type, { type Static } from 'typebox'
import { MessageValue } from './message.js'

export const ERRORS = {
  BAD_REQUEST: { status: 400, retry: false },
  NOT_SIGNED_IN: { status: 401, retry: false },
  SIGN_IN_LINK_INVALID: { status: 403, retry: false },
  FORBIDDEN: { status: 403, retry: false },
  WRONG_ORIGIN: { status: 403, retry: false },
  WRONG_HOST: { status: 421, retry: false },
  NOT_FOUND: { status: 404, retry: false },
  CONFLICT: { status: 409, retry: true },
  TOO_MANY_REQUESTS: { status: 429, retry: true },
  QUOTA_REACHED: { status: 429, retry: true },
  INTERNAL: { status: 500, retry: true },
  ENGINE_UNAVAILABLE: { status: 503, retry: true },
  ENGINE_UNSUPPORTED: { status: 422, retry: false },
  ENGINE_STEP_FAILED: { status: 502, retry: true },
  ENGINE_TIMEOUT: { status: 504, retry: true },
  ENGINE_NO_SPACE: { status: 507, retry: true },
  ENGINE_ABORTED: { status: 409, retry: true },
  IMAGE_MISSING: { status: 503, retry: false },
  ARCHIVE_UNREADABLE: { status: 422, retry: false },
  FILE_UNUSABLE: { status: 500, retry: false },
  TOOL_MISSING: { status: 503, retry: false },
  DOWNLOAD_FAILED: { status: 502, retry: true },
  DISK_FULL: { status: 507, retry: true },
  ENVIRONMENT_NOT_READY: { status: 409, retry: true },
  CHECKPOINT_TOO_LARGE: { status: 409, retry: false },
  CHECKPOINTS_FULL: { status: 409, retry: false },
  ENVIRONMENT_BROKEN: { status: 409, retry: false },
  TERMINAL_LOST: { status: 410, retry: true },
  TERMINALS_FULL: { status: 429, retry: false },
  SETUP_FAILED: { status: 502, retry: true },
  GRADING_FAILED: { status: 500, retry: true },
  REVEAL_REFUSED: { status: 403, retry: false },
  CONFIG_INVALID: { status: 500, retry: false },
  PORT_TAKEN: { status: 500, retry: false },
  ADDRESS_UNUSABLE: { status: 500, retry: false },
  DATA_DIRECTORY_IN_USE: { status: 500, retry: false },
  DATA_DIRECTORY_UNUSABLE: { status: 500, retry: false },
  STORE_TOO_NEW: { status: 500, retry: false },
  STORE_UNAVAILABLE: { status: 503, retry: true },
  LEARNER_EXISTS: { status: 409, retry: false },
  LEARNER_NAME_INVALID: { status: 400, retry: false },
  LEARNER_UNKNOWN: { status: 404, retry: false },
  SERVER_NOT_RUNNING: { status: 503, retry: true },
  CHOICE_UNCLEAR: { status: 404, retry: false },
  LEARNERS_NOT_TRUSTED: { status: 403, retry: false },
  SANDBOX_UNCONFIRMED: { status: 403, retry: false },
  SANDBOX_SHARED: { status: 403, retry: false },
  SANDBOX_EXPOSED: { status: 403, retry: false },
} as const satisfies Record<string, { status: number; retry: boolean }>
export type ErrorCode = keyof typeof ERRORS

/** An error as it crosses the wire: the browser says it in the reader's language. */
export const ErrorBody = Type.Object({
  code: Type.Enum(Object.keys(ERRORS) as ErrorCode[]),
  values: Type.Record(Type.String(), MessageValue),
  reference: Type.Optional(Type.String({ description: 'what an operator searches the log for, such as 7F3K-2Q' })),
  detail: Type.Optional(Type.String({ description: 'the command that failed and its output, where the reader may see it' })),
})
export type ErrorBody = Static<typeof ErrorBody>

/** The one error class. `values` fill the sentence `error.CODE`; `cause` and `detail` are for the operator and the log drawer. */
export class LabError extends Error {
  override readonly name = 'LabError'
  readonly values: ErrorBody['values']
  readonly detail: string | undefined
  constructor(
    readonly code: ErrorCode,
    values: ErrorBody['values'] = {},
    options: { cause?: unknown; detail?: string | undefined } = {},
  ) {
    super(`${code} ${JSON.stringify(values)}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.values = values
    this.detail = options.detail
  }
  get status(): number {
    return ERRORS[this.code].status
  }
  toBody(reference?: string): ErrorBody {
    return {
      code: this.code,
      values: this.values,
      ...(reference ? { reference } : {}),
      ...(this.detail ? { detail: this.detail } : {}),
    }
  }
}
