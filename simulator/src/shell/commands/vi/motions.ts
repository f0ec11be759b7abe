/** Where the cursor goes. */
import type { Place, ViText } from './text.js'

const isWord = (letter: string | undefined): boolean => letter !== undefined && /\w/.test(letter)
const isSpace = (letter: string | undefined): boolean => letter === undefined || /\s/.test(letter)

/** The beginning of the next word, on a later line where this one has none. */
function nextWord({ lines, cursor }: ViText): Place {
  const line = lines[cursor.row] ?? ''
  let column = cursor.column
  if (!isSpace(line[column])) {
    const kind = isWord(line[column])
    while (column < line.length && !isSpace(line[column]) && isWord(line[column]) === kind) column++
  }
  while (column < line.length && isSpace(line[column])) column++
  if (column < line.length || cursor.row === lines.length - 1) return { row: cursor.row, column }
  return { row: cursor.row + 1, column: (lines[cursor.row + 1] ?? '').search(/\S|$/) }
}

function previousWord({ lines, cursor }: ViText): Place {
  const before = (lines[cursor.row] ?? '').slice(0, cursor.column).trimEnd()
  if (before === '' && cursor.row > 0) return { row: cursor.row - 1, column: (lines[cursor.row - 1] ?? '').search(/\w+\W*$/) }
  return { row: cursor.row, column: Math.max(0, before.search(/(\w+|[^\w\s]+)$/)) }
}

function endOfWord({ lines, cursor }: ViText): Place {
  const rest = (lines[cursor.row] ?? '').slice(cursor.column + 1)
  const match = /^\s*(\w+|[^\w\s]+)/.exec(rest)
  return { row: cursor.row, column: cursor.column + (match?.[0].length ?? rest.length) }
}

const onRow = (text: ViText, row: number): Place => ({ row, column: text.cursor.column })

/** By key. `page` is how many rows a screen has. */
export const MOTIONS: Record<string, (text: ViText, options: { count: number | undefined; page: number }) => Place> = {
  h: ({ cursor }, { count = 1 }) => ({ row: cursor.row, column: Math.max(0, cursor.column - count) }),
  l: ({ cursor }, { count = 1 }) => ({ row: cursor.row, column: cursor.column + count }),
  j: (text, { count = 1 }) => onRow(text, text.cursor.row + count),
  k: (text, { count = 1 }) => onRow(text, Math.max(0, text.cursor.row - count)),
  '0': ({ cursor }) => ({ row: cursor.row, column: 0 }),
  '^': ({ cursor, line }) => ({ row: cursor.row, column: line.search(/\S|$/) }),
  $: ({ cursor, line }) => ({ row: cursor.row, column: line.length }),
  w: nextWord,
  b: previousWord,
  e: endOfWord,
  G: ({ lines }, { count }) => ({ row: count === undefined ? lines.length - 1 : count - 1, column: 0 }),
  gg: (_text, { count = 1 }) => ({ row: count - 1, column: 0 }),
  '\x06': (text, { page }) => onRow(text, text.cursor.row + page),
  '\x02': (text, { page }) => onRow(text, Math.max(0, text.cursor.row - page)),
  '\x04': (text, { page }) => onRow(text, text.cursor.row + (page >> 1)),
  '\x15': (text, { page }) => onRow(text, Math.max(0, text.cursor.row - (page >> 1))),
}

/** Other keys for the same. */
const SAME: Record<string, string> = {
  left: 'h',
  right: 'l',
  ' ': 'l',
  up: 'k',
  down: 'j',
  home: '0',
  end: '$',
  'page-up': '\x02',
  'page-down': '\x06',
  '\r': 'j',
  '\n': 'j',
}
export const motionKey = (key: string): string => SAME[key] ?? key

/** Motions after which an operator takes whole lines. */
export const WHOLE_LINES: ReadonlySet<string> = new Set(['j', 'k', 'G', 'gg'])
