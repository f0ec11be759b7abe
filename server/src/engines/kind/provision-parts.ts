/** What the steps of a provisioning share. */
import type { ExecutionHost } from '../../hosts/execution-host.js'
import type { Tools } from '../../tools/tools.js'
import type { EnvironmentSpec } from '../engine.js'
import type { StepReporter } from '../step-reporter.js'
import type { ContainerCli } from './container-cli.js'
import type { ImageLoader } from './image-loader.js'
import type { Images } from './images.js'
import type { MachineImage } from './machine-image.js'
import type { Records } from './record.js'
import type { KindSettings } from './settings.js'

export interface ProvisionParts {
  cli: ContainerCli
  host: ExecutionHost
  tools: Tools
  images: Images
  machineImage: MachineImage
  loader: ImageLoader
  records: Records
  settings: KindSettings
}

export interface Provisioning {
  spec: EnvironmentSpec
  steps: StepReporter
  signal: AbortSignal | undefined
}

/** A promise that somebody looks at later: its failure is not "unhandled" meanwhile. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
