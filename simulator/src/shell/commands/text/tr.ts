/** `tr`: letters for letters. */
import { applet, UsageError } from '../command.js'

const CLASSES: Record<string, string> = {
  upper: 'A-Z',
  lower: 'a-z',
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: '0-9A-Za-z',
  xdigit: '0-9A-Fa-f',
  space: '\t-\r ',
  blank: '\t ',
  punct: '!-/:-@[-`{-~',
  cntrl: '\0-\x1f\x7f',
  print: ' -~',
  graph: '!-~',
}
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

function unescaped(set: string): string {
  const named = set.replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all)
  return named.replace(/\\([0-7]{1,3}|[\s\S])/g, (_all, text: string) =>
    /^[0-7]/.test(text) ? String.fromCharCode(Number.parseInt(text, 8) & 255) : (ESCAPES[text] ?? text),
  )
}

function letters(set: string): string[] {
  const plain = unescaped(set)
  const result: string[] = []
  for (let index = 0; index < plain.length; index++) {
    if (plain[index + 1] === '-' && plain[index + 2] !== undefined) {
      for (let code = plain.charCodeAt(index); code <= plain.charCodeAt(index + 2); code++) result.push(String.fromCharCode(code))
      index += 2
    } else result.push(plain[index] ?? '')
  }
  return result
}

export const tr = applet(
  '[-cCds] STRING1 [STRING2]',
  async (process, { flags, operands: [from = '', to] }) => {
    if (to === undefined && !flags.has('d') && !flags.has('s')) throw new UsageError('')
    const [source, target] = [letters(from), letters(to ?? '')]
    const isDeleting = flags.has('d')
    const isOther = flags.has('c') || flags.has('C')
    const isIn = (letter: string) => source.includes(letter) !== isOther
    const mappedOf = (letter: string) => target[isOther ? target.length - 1 : source.indexOf(letter)] ?? target.at(-1) ?? letter
    // What is squeezed is the second set, where there is one.
    const isSqueezed = (letter: string) => flags.has('s') && (to === undefined ? isIn(letter) : target.includes(letter))
    let last = ''
    for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) {
      let text = ''
      for (const letter of data) {
        if (isDeleting && isIn(letter)) continue
        const mapped = !isDeleting && isIn(letter) ? mappedOf(letter) : letter
        if (mapped === last && isSqueezed(mapped)) continue
        text += mapped
        last = mapped
      }
      await process.stdout.write(text)
    }
    return 0
  },
  { long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's' } },
)
