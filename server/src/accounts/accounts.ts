/** Who is who: the owner, learners with one-time links, and the sessions of their browsers. */
import { LabError, type LearnerId, learnerId } from '@wheelhouse/protocol'
import type { Clock } from '../clock.js'
import { newId } from '../store/ids.js'
import type { Learner } from '../store/repositories/learners.js'
import type { Store } from '../store/store.js'
import { hashSecret, newSecret } from './tokens.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A session's end is moved at most so often: not every request is a write. */
const EXTEND_AFTER_MS = HOUR_MS

export interface AccountsOptions {
  store: Pick<Store, 'learners'>
  clock: Clock
  settings: { ownerName: string; sessionDays: number; linkHours: number }
}

export class Accounts {
  readonly #store: Pick<Store, 'learners'>
  readonly #clock: Clock
  readonly #settings: AccountsOptions['settings']

  constructor({ store, clock, settings }: AccountsOptions) {
    this.#store = store
    this.#clock = clock
    this.#settings = settings
  }

  /** The owner of the installation, made at the first call. */
  async owner(): Promise<Learner> {
    return (await this.#store.learners.owner()) ?? this.#add(this.#settings.ownerName, 'owner')
  }

  /** @throws LabError `LEARNER_EXISTS`, `LEARNER_NAME_INVALID` */
  add(name: string): Promise<Learner> {
    return this.#add(name, 'learner')
  }

  /** @throws LabError `LEARNER_UNKNOWN` */
  async byName(name: string): Promise<Learner> {
    const learner = await this.#store.learners.byName(name)
    if (!learner) throw new LabError('LEARNER_UNKNOWN', { name })
    return learner
  }

  all(): Promise<Learner[]> {
    return this.#store.learners.all()
  }

  /** A token that signs this learner in once. It is not kept: only its hash is. */
  async createLink(learner: LearnerId): Promise<string> {
    const token = newSecret()
    const nowMs = this.#clock.now()
    const expiresAtMs = nowMs + this.#settings.linkHours * HOUR_MS
    await this.#store.learners.addLink({ tokenHash: hashSecret(token), learner, createdAtMs: nowMs, expiresAtMs })
    return token
  }

  /**
   * Uses a link up and opens a session.
   *
   * @returns the session's secret, for the cookie
   * @throws LabError `SIGN_IN_LINK_INVALID`
   */
  async signIn(token: string): Promise<{ learner: Learner; secret: string }> {
    const nowMs = this.#clock.now()
    const learner = await this.#store.learners.useLink(hashSecret(token), nowMs)
    if (!learner) throw new LabError('SIGN_IN_LINK_INVALID', { name: 'NAME' })
    const secret = newSecret()
    const session = { createdAtMs: nowMs, lastUsedAtMs: nowMs, expiresAtMs: nowMs + this.sessionMs }
    await this.#store.learners.addSession({ idHash: hashSecret(secret), learner: learner.id, ...session })
    await this.#store.learners.removeExpired(nowMs)
    return { learner, secret }
  }

  /** Whose session it is; undefined where it has ended. Using a session keeps it alive. */
  async authenticate(secret: string): Promise<Learner | undefined> {
    const nowMs = this.#clock.now()
    const idHash = hashSecret(secret)
    const found = await this.#store.learners.session(idHash, nowMs)
    if (!found) return undefined
    if (nowMs - found.session.lastUsedAtMs > EXTEND_AFTER_MS)
      await this.#store.learners.extendSession(idHash, { lastUsedAtMs: nowMs, expiresAtMs: nowMs + this.sessionMs })
    return found.learner
  }

  async signOut(secret: string): Promise<void> {
    await this.#store.learners.endSession(hashSecret(secret))
  }

  setLanguage(learner: LearnerId, language: 'en' | 'zh'): Promise<void> {
    return this.#store.learners.setLanguage(learner, language)
  }

  /** Milliseconds that a session lasts without use. */
  get sessionMs(): number {
    return this.#settings.sessionDays * DAY_MS
  }

  async #add(name: string, role: Learner['role']): Promise<Learner> {
    const trimmed = name.normalize('NFC').trim()
    if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(trimmed)) throw new LabError('LEARNER_NAME_INVALID', { name })
    const learner: Learner = { id: learnerId(newId()), name: trimmed, role, language: null, createdAtMs: this.#clock.now() }
    await this.#store.learners.add(learner)
    return learner
  }
}
