/** All images that environments need in one file, for rooms without a network. */
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { LabError } from '@wheelhouse/protocol'
import { CommandFailed } from '../step-reporter.js'
import { repositoryOf } from './image-names.js'
import { builtImages } from './images.js'
import type { KindEngine } from './kind-engine.js'
import { drain } from './machine-commands.js'

/** @throws LabError `IMAGE_MISSING` where something could not be pulled or built before it is saved */
export async function saveArchive(engine: KindEngine, file: string): Promise<{ images: string[]; bytes: number }> {
  for (const kubernetes of Object.keys(engine.settings.nodeImages)) await engine.machineImage.ensure(kubernetes)
  const pulled = await engine.pulledImages()
  for (const image of pulled) await engine.images.ensurePulled(image, {})
  const images = [...pulled, ...(await builtImages(engine.cli, engine.settings))]
  const many = engine.cli.program === 'podman' ? ['--multi-image-archive'] : []
  const argv = [engine.cli.program, 'save', ...many, ...images.map((image) => engine.cli.reference(image))] as [
    string,
    ...string[],
  ]
  const running = engine.host.spawn({ argv })
  running.stdin.end()
  const fresh = `${file}.new`
  try {
    const [said, , { exitCode }] = await Promise.all([
      drain(running.stderr),
      pipeline(running.stdout, createWriteStream(fresh)),
      running.ended,
    ])
    if (exitCode !== 0) throw new CommandFailed(argv, exitCode, said.toString('utf8'))
    await rename(fresh, file)
  } finally {
    await rm(fresh, { force: true })
  }
  return { images, bytes: (await stat(file)).size }
}

/**
 * Loads what `saveArchive` wrote; images that another installation built become this one's. @returns their names
 * @throws LabError `ARCHIVE_UNREADABLE` with the container engine's words, where it refuses the file
 */
export async function loadArchive(engine: KindEngine, file: string): Promise<string[]> {
  const argv = [engine.cli.program, 'load'] as [string, ...string[]]
  const archive = (await open(file)).createReadStream()
  const running = engine.host.spawn({ argv })
  const [told, said, { exitCode }, sent] = await Promise.all([
    drain(running.stdout),
    drain(running.stderr),
    running.ended,
    // a program that has read enough of what it does not know hangs up: its own words and exit code say why
    pipeline(archive, running.stdin).catch((error: unknown) => error),
  ])
  if (exitCode !== 0) throw new LabError('ARCHIVE_UNREADABLE', { file }, { detail: said.toString('utf8').trim() })
  if (sent) throw sent
  const loaded = [...told.toString('utf8').matchAll(/^Loaded image:\s+(\S+)$/gm)].map((match) => match[1] ?? '')
  return Promise.all(loaded.map((image) => adoptImage(engine, image)))
}

async function adoptImage(engine: KindEngine, image: string): Promise<string> {
  const mine = nameHere(engine, image)
  if (mine !== image) {
    await engine.cli.run(['tag', image, mine])
    await engine.cli.run(['image', 'rm', image])
  }
  return mine
}

/** Podman calls an image that Docker saved without a registry `localhost/...`. */
function nameHere({ cli, settings }: KindEngine, image: string): string {
  const path = image.replace(/^localhost\//, '')
  const built = /^wheelhouse-[a-z0-9]+\/(\S+)$/.exec(path)
  return built ? `${repositoryOf(settings)}/${built[1]}` : cli.reference(path)
}
