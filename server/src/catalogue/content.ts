/** `labs/` and `checkers/` as files: what is there, parsed, with the place of every value. Lint reads it whole; the catalogue takes what is valid. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { ChapterManifest, LabManifest, TaskManifest } from '@wheelhouse/protocol'
import type { Problem } from './problem.js'
import { filesIn } from './scripts.js'
import { type Manifests, validate } from './validate.js'
import { readYaml, type YamlFile } from './yaml-file.js'

export interface ContentRoots {
  /** The folder that holds `labs/` and `checkers/`; problems name files relative to it. */
  root: string
}

/** One manifest file with what was made of it. */
interface Source<T> {
  /** The folder's name. */
  id: string
  directory: string
  yaml: YamlFile
  /** Undefined where something is wrong with the file. */
  manifest: T | undefined
}

export interface TaskSource extends Source<TaskManifest> {
  lab: LabSource
  /** The source of the checker, where there is one. */
  checker: { kind: 'module'; source: string; compiled: string } | { kind: 'script'; source: string } | undefined
}
export interface LabSource extends Source<LabManifest> {
  chapter: ChapterSource
  tasks: TaskSource[]
}
export interface ChapterSource extends Source<ChapterManifest> {
  labs: LabSource[]
}

export interface Content {
  root: string
  chapters: ChapterSource[]
  /** What keeps a file from being read at all. */
  problems: Problem[]
}

export function readContent({ root }: ContentRoots): Content {
  const problems: Problem[] = []
  const reader = new ContentReader(root, problems)
  const chapters = foldersIn(join(root, 'labs/chapters')).map((directory) => reader.chapter(directory))
  return { root, chapters, problems }
}

class ContentReader {
  constructor(
    readonly root: string,
    readonly problems: Problem[],
  ) {}

  chapter(directory: string): ChapterSource {
    const chapter: ChapterSource = { ...this.#source('chapter', directory), labs: [] }
    chapter.labs.push(...foldersIn(directory).map((folder) => this.#lab(folder, chapter)))
    return chapter
  }

  #lab(directory: string, chapter: ChapterSource): LabSource {
    const lab: LabSource = { ...this.#source('lab', directory), chapter, tasks: [] }
    lab.tasks.push(...foldersIn(join(directory, 'tasks')).map((folder) => this.#task(folder, lab)))
    return lab
  }

  #task(directory: string, lab: LabSource): TaskSource {
    const source = this.#source('task', directory)
    const place = join(lab.chapter.id, lab.id, source.id)
    const module = join(this.root, 'checkers', `${place}.ts`)
    const [script] = filesIn(directory, '').filter((file) => /^checker\.[a-z]+$/.test(basename(file)))
    const compiled = join(this.root, 'checkers/dist', `${place}.js`)
    if (existsSync(module)) return { ...source, lab, checker: { kind: 'module', source: module, compiled } }
    return { ...source, lab, checker: script ? { kind: 'script', source: script } : undefined }
  }

  #source<Name extends keyof Manifests>(name: Name, directory: string): Source<Manifests[Name]> {
    const path = join(directory, `${name}.yaml`)
    const file = relative(this.root, path)
    const id = basename(directory)
    if (!existsSync(path)) {
      this.problems.push({ file, line: 1, column: 1, rule: 'missing-file', message: `There is no ${name}.yaml in this folder.` })
      return {
        id,
        directory,
        yaml: { file, value: undefined, problems: [], place: () => ({ line: 1, column: 1 }) },
        manifest: undefined,
      }
    }
    const yaml = readYaml(path, file)
    const { manifest, problems } = validate(name, yaml)
    this.problems.push(...problems)
    return { id, directory, yaml, manifest }
  }
}

function foldersIn(directory: string): string[] {
  if (!existsSync(directory)) return []
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return entries.map((entry) => join(directory, entry.name)).sort()
}
