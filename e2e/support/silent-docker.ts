import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('silent-docker/', import.meta.url))

/** Settings of a server on a computer whose Docker is installed and does not run, whatever this computer has. */
export const SILENT_DOCKER = { PATH: [folder, process.env.PATH].join(delimiter) }
