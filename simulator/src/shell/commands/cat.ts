import type { Process } from '../../containers/process.js'
import { applet, eachInput, eachLines } from './command.js'

/** With numbers of lines (`-n`, `-b`), or with what is not seen (`-A`, `-e`, `-t`, `-v`). */
function marked(process: Process, operands: string[], flags: Set<string>): Promise<number> {
  const has = (letters: string) => [...letters].some((letter) => flags.has(letter))
  let count = 0
  const mark = (line: string) => {
    const tabs = has('AtT') ? line.replaceAll('\t', '^I') : line
    const seen = has('Aetv')
      ? [...tabs]
          .map((letter) => (letter < ' ' && letter !== '\t' ? `^${String.fromCharCode(letter.charCodeAt(0) + 64)}` : letter))
          .join('')
      : tabs
    const numbered = has('b') ? line !== '' : has('n')
    return `${numbered ? `${String(++count).padStart(6)}\t` : ''}${seen}${has('AeE') ? '$' : ''}\n`
  }
  return eachLines(process, operands, (lines) => lines.each((line) => process.stdout.write(mark(line))))
}

/** Passes the input on as it comes. */
async function copyStream(process: Process): Promise<number> {
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) await process.stdout.write(data)
  return 0
}

export const cat = applet(
  '[-nbvteA] [-ETu] [FILE]...',
  (process, { operands, flags }) => {
    flags.delete('u')
    if (flags.size > 0) return marked(process, operands, flags)
    if (operands.length > 0) return eachInput(process, operands, (data) => process.stdout.write(data))
    return copyStream(process)
  },
  { long: { number: 'n', 'show-all': 'A', 'show-ends': 'E', 'show-tabs': 'T', 'number-nonblank': 'b', 'show-nonprinting': 'v' } },
)
