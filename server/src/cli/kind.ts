/** The kind engine for commands that work beside the server: they change nothing that it holds in memory. */
import { loadCatalogue } from '../catalogue/load.js'
import type { DataDirectory } from '../config/data-directory.js'
import type { Config } from '../config/schema.js'
import type { KindEngine } from '../engines/kind/kind-engine.js'
import { makeKindEngine } from '../engines/kind/make.js'
import { contentRoot } from './lint.js'

export const engineOf = (parts: { config: Config; data: DataDirectory; images: readonly string[] }): KindEngine =>
  makeKindEngine({ ...parts, images: () => parts.images })

/** Every image that the catalogue's labs pull. */
export async function catalogueImages(config: Config): Promise<string[]> {
  const root = config.content.directory || contentRoot()
  const catalogue = await loadCatalogue({ root, texts: false })
  return catalogue.images()
}
