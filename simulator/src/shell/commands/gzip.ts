/** gzip, gunzip and zcat. */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Process } from '../../containers/process.js'
import { fromBytes, toBytes } from '../../containers/stream.js'
import { command, complain, readFile, readOptions, resolve } from './command.js'

/** No file of an exercise is larger once it is unpacked. */
const MOST_UNPACKED = 16 * 1024 * 1024

function unpacked(data: string): string | undefined {
  try {
    return fromBytes(gunzipSync(toBytes(data), { maxOutputLength: MOST_UNPACKED }))
  } catch {
    return undefined
  }
}

async function convert(process: Process, path: string, { unpack, keep }: { unpack: boolean; keep: boolean }): Promise<number> {
  if (unpack && path !== '-' && !/\.t?gz$/.test(path)) {
    complain(process, `${path}: unknown suffix - ignored`)
    return 1
  }
  const data = await readFile(process, path)
  const made = unpack ? unpacked(data) : fromBytes(gzipSync(toBytes(data)))
  if (made === undefined) {
    complain(process, 'invalid magic')
    return 1
  }
  if (path === '-' || process.argv[0] === 'zcat') {
    await process.stdout.write(made)
    return 0
  }
  const { fs } = process.machine
  fs.write(resolve(process, unpack ? path.replace(/\.tgz$/, '.tar').replace(/\.gz$/, '') : `${path}.gz`), made)
  if (!keep) fs.remove(resolve(process, path), false)
  return 0
}

const program = (name: 'gzip' | 'gunzip' | 'zcat') =>
  command(async (process, args) => {
    const { flags, operands } = readOptions(args)
    const unpack = name !== 'gzip' || flags.has('d')
    let status = 0
    for (const path of operands.length > 0 ? operands : ['-']) {
      const toOutput = flags.has('c') ? { ...process, argv: ['zcat'] } : process
      status = (await convert(toOutput, path, { unpack, keep: flags.has('k') })) || status
    }
    return status
  })

export const gzipCommands = { gzip: program('gzip'), gunzip: program('gunzip'), zcat: program('zcat') }
