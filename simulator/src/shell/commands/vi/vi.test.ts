import { describe, expect, test } from 'vitest'
import { nextKey } from '../../keyboard.js'
import { type Outcome, ViEditor } from './editor.js'
import { ViText } from './text.js'

const START = 'one two three\nfour five\nsix\n'

/** The text after keys, and what the last of them led to. */
function edit(keys: string, start = START): { text: string; cursor: number[]; last: Outcome; editor: ViEditor } {
  const text = new ViText(start)
  const editor = new ViEditor(text, () => 10)
  let last: Outcome = { type: 'stay' }
  for (let rest = keys; rest !== ''; ) {
    const next = nextKey(rest)
    rest = next.rest
    last = editor.press(next.key)
  }
  return { text: text.text, cursor: [text.cursor.row, text.cursor.column], last, editor }
}

describe('vi', () => {
  test.each([
    [
      'typing before, behind, at the ends and on new lines',
      'iA\x1bwaB\x1bIC\x1bAD\x1boE\x03OF\x1b',
      'CAone tBwo threeD\nF\nE\nfour five\nsix\n',
    ],
    ['letters', 'xjX$xr!', 'ne two three\nfour fi!\nsix\n'],
    ['lines by number', '2dd', 'six\n'],
    ['words', 'dw', 'two three\nfour five\nsix\n'],
    ['several words', 'd2w', 'two three\nfour five\nsix\n'],
    ['a word in place of another', 'wcwTWO\x1b', 'one TWO three\nfour five\nsix\n'],
    ['the rest of a line', 'wD', 'one \nfour five\nsix\n'],
    ['a line typed anew', 'jccnew\x1b', 'one two three\nnew\nsix\n'],
    ['lines copied and moved', 'yyjpdd', 'one two three\nfour five\nsix\n'],
    ['a line put above', 'ddP', START],
    ['to the end', 'jdG', 'one two three\n'],
    ['lines joined', 'J', 'one two three four five\nsix\n'],
    ['undone', 'ddxu', 'four five\nsix\n'],
    ['undone twice', 'ddxuu', START],
    ['arrows while typing', 'iab\x1b[Dc\x1b', 'acbone two three\nfour five\nsix\n'],
    ['a line broken and joined again', 'wi\r\x7f\x1b', START],
    ['found', '/five\rx/o\rx', 'ne two three\nfour ive\nsix\n'],
    ['a change of case', '~~', 'ONe two three\nfour five\nsix\n'],
  ])('%s', (_name, keys, expected) => {
    expect(edit(keys).text).toBe(expected)
  })

  test('moves as asked', () => {
    expect(edit('G').cursor).toEqual([2, 0])
    expect(edit('2G$').cursor).toEqual([1, 8])
    expect(edit('wwb').cursor).toEqual([0, 4])
    expect(edit('e').cursor).toEqual([0, 2])
    expect(edit('www').cursor).toEqual([1, 0])
    expect(edit('G9kgg0').cursor).toEqual([0, 0])
  })

  test('what is typed behind a colon is handed over, Escape takes it back', () => {
    expect(edit(':wq\r').last).toEqual({ type: 'run', line: 'wq' })
    expect(edit('ZZ').last).toEqual({ type: 'run', line: 'x' })
    expect(edit(':wq\x1b').editor.mode).toBe('normal')
  })

  test('an empty file stays empty', () => {
    expect(edit('', '').text).toBe('')
    expect(edit('ihello\x1b', '').text).toBe('hello\n')
  })
})
