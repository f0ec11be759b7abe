/** The engines that this version has. */
import type { Logger } from 'pino'
import type { Catalogue } from '../catalogue/catalogue.js'
import type { DataDirectory } from '../config/data-directory.js'
import type { Config } from '../config/schema.js'
import { chooseEngine, type EngineMaker } from '../engines/choose.js'
import type { Engine } from '../engines/engine.js'

/** Which one `auto` takes: the first that answers. */
const ORDER = ['kind', 'simulated']

export interface EngineParts {
  config: Config
  data: DataDirectory
  log: Logger
  catalogue: Pick<Catalogue, 'images'>
}

/** The engine that the configuration means. @throws LabError `CONFIG_INVALID` */
export function engineFor({ config, data, log, catalogue }: EngineParts): Promise<Engine> {
  const makers: Record<string, EngineMaker> = {
    kind: async () => {
      const { makeKindEngine } = await import('../engines/kind/make.js')
      return makeKindEngine({ config, data, images: catalogue.images })
    },
    simulated: async () => {
      const { makeSimulatedEngine } = await import('../engines/simulated/make.js')
      return makeSimulatedEngine({ config, data, onError: (where, err) => log.warn({ err, where }, 'simulated engine') })
    },
    // For trying the pages and for tests: machines without a cluster. Never chosen by itself.
    fake: async () => {
      const { makeFakeEngine } = await import('../engines/testing/make.js')
      return makeFakeEngine(data.path)
    },
  }
  return chooseEngine(config, makers, ORDER)
}
