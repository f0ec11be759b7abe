/** What the server keeps of an environment beside its containers, in the installation's folder on the execution host. */
import type { ExecutionHost } from '../../hosts/execution-host.js'
import type { EnvironmentSpec } from '../engine.js'
import type { Layout } from './layout.js'

export interface EnvironmentRecord {
  spec: EnvironmentSpec
  layout: Layout
  /** Image that its machines run. */
  image: string
  clusters: { name: string; learnerKubeconfig: string; graderKubeconfig: string; apiPort: number }[]
  /** How each cluster stood when it was stopped, by name; absent while the environment runs. */
  standing?: Record<string, Standing>
}

/** A learner may have stopped an API server or a kubelet, or a task may have: a start brings back what there was, not more. */
export interface Standing {
  apiAnswers: boolean
  readyNodes: string[]
}

export class Records {
  constructor(private readonly host: ExecutionHost) {}

  directory(id: string): string {
    return `${this.host.directory}/environments/${id}`
  }

  /** Its last act: an environment with a record is one whose provisioning ended well. */
  async save(record: EnvironmentRecord): Promise<void> {
    await this.host.putFile(this.#file(record.spec.id), JSON.stringify(record), 0o600)
  }

  async load(id: string): Promise<EnvironmentRecord | null> {
    const bytes = await this.host.getFile(this.#file(id)).catch(() => null)
    return bytes ? (JSON.parse(bytes.toString('utf8')) as EnvironmentRecord) : null
  }

  async remove(id: string): Promise<void> {
    await this.host.removeFile(this.directory(id))
  }

  #file = (id: string) => `${this.directory(id)}/record.json`
}
