/** Screens as files of the data directory, one a terminal, replaced whole. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TerminalId } from '@wheelhouse/protocol'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { writeFileByRename } from '../hosts/local-files.js'
import type { ArchivedScreen, ScreenArchive } from './parts.js'

const Archived = Type.Object({
  generation: Type.String(),
  offset: Type.Number(),
  columns: Type.Integer(),
  rows: Type.Integer(),
  screen: Type.String(),
})

/** What is on a screen may be secret: the files are for the server's account alone. */
const MODE = 0o600

export class FileScreenArchive implements ScreenArchive {
  constructor(readonly directory: string) {}

  /** Null also where the file is damaged: the screen is lost then, the shell is not. */
  async load(id: TerminalId): Promise<ArchivedScreen | null> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#file(id), 'utf8'))
      return Value.Check(Archived, value) ? value : null
    } catch {
      return null
    }
  }

  async save(id: TerminalId, screen: ArchivedScreen): Promise<void> {
    await writeFileByRename(this.#file(id), JSON.stringify(screen), MODE)
  }

  async remove(id: TerminalId): Promise<void> {
    await rm(this.#file(id), { force: true })
  }

  #file = (id: TerminalId) => join(this.directory, `${id}.json`)
}
