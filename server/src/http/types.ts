/** The application's type for routes: schemas give the types of parameters, bodies and answers. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { DoctorReport, EngineView, LearnerId, ServerEvent } from '@wheelhouse/protocol'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Accounts } from '../accounts/accounts.js'
import type { Attempts } from '../attempts/attempts.js'
import type { Catalogue } from '../catalogue/catalogue.js'
import type { Clock } from '../clock.js'
import type { Config } from '../config/schema.js'
import type { EngineCapabilities } from '../engines/engine.js'
import type { Environments } from '../environments/environments.js'
import type { SandboxConsent } from '../environments/sandbox-consent.js'
import type { EnvironmentViews } from '../environments/views.js'
import type { EventHub } from '../events/event-hub.js'
import type { Learner } from '../store/repositories/learners.js'
import type { Store } from '../store/store.js'
import type { Terminals } from '../terminals/terminals.js'

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/**
 * Who may call a route. Every route says so; one that does not is refused when the application is built.
 * `learner` means anybody who is signed in, and only for what is theirs.
 */
export type Access = 'public' | 'learner' | 'owner'

/** Everything that routes call. */
export interface AppParts {
  config: Config
  version: string
  installationId: string
  signingKey: Buffer
  clock: Clock
  store: Store
  accounts: Accounts
  attempts: Attempts
  environments: Environments
  environmentViews: EnvironmentViews
  sandboxConsent: SandboxConsent
  terminals: Terminals
  catalogue: () => Catalogue
  hub: EventHub
  engine: { name: string; view(): Promise<EngineView>; capabilities(): Promise<EngineCapabilities> }
  doctor: () => Promise<DoctorReport>
  /** What a page that opens has to be told besides its attempts and environments. */
  notices: (learner: LearnerId) => ServerEvent[]
  /** Folder with logs of failed environments, one folder each. */
  logsDirectory: string
  /** Folder of the built browser application. */
  webDirectory: string
  /** The addresses under which the server answers, known once it listens. */
  addresses: () => readonly URL[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    /** Who is signed in; null on public routes. */
    learner: Learner | null
  }
}
