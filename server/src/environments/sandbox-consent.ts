/**
 * Who may have shells that nothing keeps apart from this computer, where the engine has no sandbox: nobody on a server that others reach or
 * use, and a single user on loopback once they have said that they know what it means. Kept in the data directory: it is about this
 * computer, which a database may be shared beyond.
 */
import { readFile } from 'node:fs/promises'
import { LabError, type LearnerId } from '@wheelhouse/protocol'
import type { Clock } from '../clock.js'
import type { Config } from '../config/schema.js'
import { capabilitiesOf } from '../engines/choose.js'
import type { Engine } from '../engines/engine.js'
import { writeFileByRename } from '../hosts/local-files.js'
import type { Store } from '../store/store.js'

export interface SandboxConsentParts {
  engine: Engine
  store: Pick<Store, 'learners'>
  clock: Clock
  http: Pick<Config['http'], 'host' | 'publicUrl' | 'allowedHosts' | 'trustProxy'>
  /** Absolute. */
  file: string
}

export class SandboxConsent {
  constructor(private readonly parts: SandboxConsentParts) {}

  /** @throws LabError `SANDBOX_EXPOSED`, `SANDBOX_SHARED`, `SANDBOX_UNCONFIRMED`; never where the engine has a sandbox */
  async require(): Promise<void> {
    const why = await this.#noSandbox()
    if (why === undefined) return
    await this.#refuseOthers(why)
    const said = await readFile(this.parts.file, 'utf8').catch(() => null)
    if (said === null) throw new LabError('SANDBOX_UNCONFIRMED', { why })
  }

  /** The owner's word, once and for all. @throws LabError `SANDBOX_EXPOSED`, `SANDBOX_SHARED`, `CONFLICT` where there is a sandbox */
  async confirm(learner: LearnerId): Promise<void> {
    const why = await this.#noSandbox()
    if (why === undefined) throw new LabError('CONFLICT', { why: 'the engine in use keeps shells in a sandbox' })
    await this.#refuseOthers(why)
    await writeFileByRename(this.parts.file, JSON.stringify({ learner, confirmedAtMs: this.parts.clock.now() }), 0o600)
  }

  async #noSandbox(): Promise<string | undefined> {
    return (await capabilitiesOf(this.parts.engine)).noSandbox
  }

  /** Looked at each time: somebody may have been added since. */
  async #refuseOthers(why: string): Promise<void> {
    if (isReachedByOthers(this.parts.http)) throw new LabError('SANDBOX_EXPOSED', { why })
    if ((await this.parts.store.learners.all()).length > 1) throw new LabError('SANDBOX_SHARED', { why })
  }
}

const isReachedByOthers = ({ host, publicUrl, allowedHosts, trustProxy }: SandboxConsentParts['http']): boolean =>
  !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) || publicUrl !== '' || allowedHosts.length > 0 || trustProxy
