/** gzip, gunzip and zcat. */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Process } from '../../containers/process.js'
import { fromBytes, toBytes } from '../../containers/stream.js'
import { applet, complain, readFile, resolve } from './command.js'

/** No file of an exercise is larger once it is unpacked. */
const MOST_UNPACKED = 16 * 1024 * 1024

export function unpacked(data: string): string | undefined {
  try {
    return fromBytes(gunzipSync(toBytes(data), { maxOutputLength: MOST_UNPACKED }))
  } catch {
    return undefined
  }
}

export const packed = (data: string): string => fromBytes(gzipSync(toBytes(data)))

interface How {
  unpack: boolean
  toOutput: boolean
  keep: boolean
  force: boolean
}

async function convert(process: Process, path: string, { unpack, toOutput, keep, force }: How): Promise<number> {
  const refuse = (text: string) => {
    complain(process, text)
    return 1
  }
  if (unpack && path !== '-' && !toOutput && !/\.t?gz$/.test(path)) return refuse(`${path}: unknown suffix - ignored`)
  const data = await readFile(process, path)
  const made = unpack ? unpacked(data) : packed(data)
  if (made === undefined) return refuse('invalid magic')
  if (path === '-' || toOutput) {
    await process.stdout.write(made)
    return 0
  }
  const { fs } = process.machine
  const target = unpack ? path.replace(/\.tgz$/, '.tar').replace(/\.gz$/, '') : `${path}.gz`
  if (fs.exists(resolve(process, target)) && !force) return refuse(`can't open '${target}': File exists`)
  fs.write(resolve(process, target), made)
  if (!keep) fs.remove(resolve(process, path), false)
  return 0
}

const USAGES = { gzip: '[-cfkd123456789] [FILE]...', gunzip: '[-cfk] [FILE]...', zcat: '[-cf] [FILE]...' }

const program = (name: keyof typeof USAGES) =>
  applet(
    USAGES[name],
    async (process, { flags, operands }) => {
      const how = {
        unpack: name !== 'gzip' || flags.has('d'),
        toOutput: name === 'zcat' || flags.has('c'),
        keep: flags.has('k'),
        force: flags.has('f'),
      }
      let status = 0
      for (const path of operands.length > 0 ? operands : ['-']) status = (await convert(process, path, how)) || status
      return status
    },
    { long: { decompress: 'd', stdout: 'c', keep: 'k', force: 'f' } },
  )

export const gzipCommands = { gzip: program('gzip'), gunzip: program('gunzip'), zcat: program('zcat') }
