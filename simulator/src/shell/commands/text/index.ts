import type { Program } from '../../../containers/process.js'
import { awk } from './awk/awk.js'
import { cut, sort, tr, uniq, wc } from './columns.js'
import { grep } from './grep.js'
import { sed } from './sed/sed.js'
import { base64, digest, tac, tee, xargs } from './streams.js'

export const textCommands: Record<string, Program> = {
  grep,
  egrep: grep,
  fgrep: grep,
  cut,
  sort,
  uniq,
  wc,
  tr,
  sed,
  awk,
  tee,
  xargs,
  base64,
  tac,
  md5sum: digest('md5'),
  sha1sum: digest('sha1'),
  sha256sum: digest('sha256'),
}
