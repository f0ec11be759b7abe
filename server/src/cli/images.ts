/** `wheelhouse images`: what environments need on the container engine, brought ahead of time, or carried into a room without a network. */
import { Command } from 'commander'
import { openDataDirectory } from '../config/data-directory.js'
import { loadArchive, saveArchive } from '../engines/kind/image-archive.js'
import type { KindEngine } from '../engines/kind/kind-engine.js'
import { catalogueImages, engineOf } from './kind.js'
import { readSettings, type SharedOptions, withSharedOptions } from './options.js'
import { action } from './speak.js'

const withEngine = async (options: SharedOptions, work: (engine: KindEngine) => Promise<void>) => {
  const { config, dataDirectory } = readSettings(options)
  const data = openDataDirectory(dataDirectory)
  const engine = engineOf({ config, data, images: await catalogueImages(config) })
  try {
    await engine.cli.facts()
    await work(engine)
  } finally {
    await engine.close()
  }
}

const list = withSharedOptions(new Command('list').description('Say which images are needed, and whether they are there')).action(
  action((options: SharedOptions) =>
    withEngine(options, async (engine) => {
      for (const { image, isThere } of await engine.neededImages()) console.log(`${isThere ? 'there  ' : 'missing'}\t${image}`)
    }),
  ),
)

interface PullOptions extends SharedOptions {
  rebuild?: boolean
}

const pull = withSharedOptions(
  new Command('pull')
    .description('Pull and build everything that environments need, so that no learner waits for it')
    .option('--rebuild', 'build the image of the machines anew, as after a change of tools.directory'),
).action(
  action((options: PullOptions) =>
    withEngine(options, async (engine) => {
      const onOutput = (text: string) => void process.stderr.write(text)
      for (const kubernetes of Object.keys(engine.settings.nodeImages)) {
        if (options.rebuild) await engine.machineImage.forget(kubernetes)
        console.log(await engine.machineImage.ensure(kubernetes, { onOutput }))
      }
      for (const { local } of await engine.images.ensureAll(engine.wantedImages(), { onOutput })) console.log(local)
    }),
  ),
)

const save = withSharedOptions(
  new Command('save').argument('<file>').description('Write all of them into one file, for a computer without a network'),
).action(
  action((file: string, options: SharedOptions) =>
    withEngine(options, async (engine) => {
      const { images, bytes } = await saveArchive(engine, file)
      console.error(`${images.length} images, ${Math.round(bytes / 1e6)} MB. There: npx wheelhouse images load ${file}`)
    }),
  ),
)

const load = withSharedOptions(new Command('load').argument('<file>').description('Read the images from such a file')).action(
  action((file: string, options: SharedOptions) =>
    withEngine(options, async (engine) => {
      for (const image of await loadArchive(engine, file)) console.log(image)
    }),
  ),
)

export const imagesCommand = new Command('images')
  .description('The images that environments need')
  .addCommand(list)
  .addCommand(pull)
  .addCommand(save)
  .addCommand(load)
