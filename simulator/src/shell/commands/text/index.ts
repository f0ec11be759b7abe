import type { Program } from '../../../containers/process.js'
import { awk } from './awk/awk.js'
import { cut, uniq, wc } from './columns.js'
import { cmp, comm, diff } from './compare.js'
import { hexdump, od } from './dump.js'
import { grep } from './grep.js'
import { sed } from './sed/sed.js'
import { fold, less, more, nl, paste, rev, split } from './show.js'
import { sort } from './sort.js'
import { base64, digest, tac, tee, xargs } from './streams.js'
import { tr } from './tr.js'

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
  cmp,
  comm,
  diff,
  nl,
  rev,
  fold,
  paste,
  hexdump,
  od,
  split,
  more,
  less,
  md5sum: digest('md5'),
  sha1sum: digest('sha1'),
  sha256sum: digest('sha256'),
  sha512sum: digest('sha512'),
}
