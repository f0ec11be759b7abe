/** The files that our images are built from: `server/images/`, as they lie beside the compiled server. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface ContextFile {
  /** Relative to the build context. */
  name: string
  content: Uint8Array
  mode: number
}

/** `server/images`, from `server/src/engines/kind` and from `server/dist/engines/kind` alike. */
const IMAGES = fileURLToPath(new URL('../../../images', import.meta.url))

/** Every file below a folder of `server/images`, in name order; tests and hidden files are left out. */
export async function filesOf(folder: string, prefix = ''): Promise<ContextFile[]> {
  const root = join(IMAGES, folder)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  const wanted = names.filter((name) => !/\.test\.ts$|(^|\/)__pycache__\//.test(name)).sort()
  return Promise.all(
    wanted.map(async (name) => ({
      name: prefix + name,
      content: await readFile(join(root, name)),
      mode: (await stat(join(root, name))).mode & 0o111 ? 0o755 : 0o644,
    })),
  )
}

/** Twelve characters that change when any name, mode or content does. */
export function fingerprint(files: readonly ContextFile[], ...more: string[]): string {
  const hash = createHash('sha256')
  for (const { name, mode, content } of files) hash.update(`${name} ${mode} ${content.length}\n`).update(content)
  for (const text of more) hash.update(`${text}\n`)
  return hash.digest('hex').slice(0, 12)
}

export interface ImageRecipe {
  /** `wheelhouse/app:1` */
  image: string
  /** Folder below `server/images`. */
  folder: string
  buildArgs: string[]
}

/**
 * The images `wheelhouse/*` that are built here. A folder's Dockerfile names each in a comment at its head, with its arguments:
 * `#   wheelhouse/app:2-broken  --build-arg VERSION=v2 --build-arg BROKEN=yes`.
 */
export async function recipes(): Promise<ImageRecipe[]> {
  const folders = (await readdir(IMAGES, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const perFolder = folders.map(async (folder) => {
    const text = await readFile(join(IMAGES, folder, 'Dockerfile'), 'utf8').catch(() => '')
    return text.split('\n').flatMap((line) => {
      const match = /^#\s+(wheelhouse\/\S+:\S+)((?:\s+--build-arg\s+\S+)*)\s*$/.exec(line)
      const args = match?.[2]?.match(/[A-Z_]+=\S+/g) ?? []
      return match?.[1] ? [{ image: match[1], folder, buildArgs: args.flatMap((arg) => ['--build-arg', arg]) }] : []
    })
  })
  return (await Promise.all(perFolder)).flat()
}
