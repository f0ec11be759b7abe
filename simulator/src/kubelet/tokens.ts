/** The tokens that Pods find in their projected volumes, one for each audience and lifetime. Models pkg/kubelet/token/token_manager.go (v1.36). */
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Kubelet } from './kubelet.js'

/** A new one is fetched when so much of its time is over, or after a day. */
const USED_SHARE = 0.8
const LONGEST_MS = 24 * 3600 * 1000
const DEFAULT_SECONDS = 3600
/** How soon one that was refused is asked for again; the first keeps a Pod waiting. */
const RETRY_MS = 60_000
const FIRST_RETRY_MS = 1000

export interface TokenSource {
  audience?: string | undefined
  expirationSeconds?: number | undefined
}

interface Held {
  /** Absent where none was had yet. */
  token?: string | undefined
  /** Why the last one was refused. */
  refusal?: string | undefined
  refreshAtMs: number
}

interface Asked {
  before: Held | undefined
  nowMs: number
}

const keyOf = ({ audience = '', expirationSeconds = DEFAULT_SECONDS }: TokenSource): string => `${audience} ${expirationSeconds}`
const sourcesOf = ({ spec }: Pod): TokenSource[] =>
  (spec.volumes ?? [])
    .flatMap((volume) => volume.projected?.sources ?? [])
    .flatMap(({ serviceAccountToken }) => serviceAccountToken ?? [])

export class TokenStore {
  /** By uid of the Pod, then by audience and lifetime. */
  readonly #held = new Map<string, Map<string, Held>>()
  readonly #timers = new Map<string, () => void>()
  constructor(readonly kubelet: Kubelet) {}

  /** Fetches what the Pod has not, or not for long any more; safe to call again. */
  async fetch(pod: Pod): Promise<void> {
    const sources = sourcesOf(pod)
    if (sources.length === 0 || !this.kubelet.worker(pod)) return
    const { uid } = pod.metadata
    const held = this.#held.get(uid) ?? new Map<string, Held>()
    this.#held.set(uid, held)
    const nowMs = this.kubelet.clock.now()
    for (const source of sources) {
      const before = held.get(keyOf(source))
      if ((before?.refreshAtMs ?? 0) > nowMs) continue
      held.set(keyOf(source), await this.#request(pod, source, { before, nowMs }))
    }
    if (this.#held.get(uid) === held) this.#wake(pod, held)
  }

  #wake(pod: Pod, held: Map<string, Held>): void {
    const { clock } = this.kubelet
    const { uid } = pod.metadata
    this.#timers.get(uid)?.()
    const next = Math.min(...[...held.values()].map(({ refreshAtMs }) => refreshAtMs))
    if (Number.isFinite(next))
      this.#timers.set(
        uid,
        clock.after(Math.max(0, next - clock.now()), () => void this.fetch(pod)),
      )
  }

  /** A token that cannot be renewed stays as long as it holds. */
  async #request({ metadata, spec }: Pod, source: TokenSource, { before, nowMs }: Asked): Promise<Held> {
    const { name, uid, namespace } = metadata
    const { audience, expirationSeconds } = source
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
    const body = { spec: { audiences: audience ? [audience] : [], expirationSeconds, boundObjectRef } }
    try {
      const account = `${namespace}/${spec.serviceAccountName}`
      const answer = await this.kubelet.options.client.createSub('ServiceAccount', account, { name: 'token', body })
      const { token } = (answer as { status: { token: string } }).status
      const lifetimeMs = (expirationSeconds ?? DEFAULT_SECONDS) * 1000
      return { token, refreshAtMs: nowMs + Math.min(lifetimeMs * USED_SHARE, LONGEST_MS) }
    } catch (error) {
      const refusal = error instanceof Error ? error.message : String(error)
      const token = before?.token
      return { token, refusal, refreshAtMs: nowMs + (token === undefined ? FIRST_RETRY_MS : RETRY_MS) }
    }
  }

  /** @throws Error in the kubelet's words where there is none */
  get(pod: Pod, source: TokenSource): string {
    const held = this.#held.get(pod.metadata.uid)?.get(keyOf(source))
    if (held?.token !== undefined) return held.token
    void this.fetch(pod)
    throw new Error(`failed to fetch token: ${held?.refusal ?? 'serviceaccount token is not there yet'}`)
  }

  forget(uid: string): void {
    this.#timers.get(uid)?.()
    this.#timers.delete(uid)
    this.#held.delete(uid)
  }
  close(): void {
    for (const uid of [...this.#held.keys()]) this.forget(uid)
  }
}
