/** What is lost of a JSON text when it is read: keys that came twice, and numbers that were not written as whole ones. */

export interface JsonMarks {
  /** Places of keys that came again, in the order met, each once: `spec.containers[0].image`. */
  repeated: string[]
  /** Numbers with a fraction or an exponent as they were written, by their place. */
  written: Map<string, string>
}

/** What encloses a place of the text. */
interface Frame {
  keys: Set<string> | undefined
  /** The key that is being read, or the index of the item. */
  at: string | number
  /** The place of the whole, once it was asked for. */
  within?: string
}

interface Visitor {
  onKey(frames: readonly Frame[], isRepeated: boolean): void
  onNumber(frames: readonly Frame[], text: string): void
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125]
const [MINUS, ZERO, NINE] = [45, 48, 57]
const NUMBER = /[-+.\deE]+/y

function endOfText(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charCodeAt(index) !== QUOTE) index += text.charCodeAt(index) === BACKSLASH ? 2 : 1
  return index
}

const unquoted = (text: string): string => (text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1))

/** Walks through a text that is JSON. */
function visit(text: string, visitor: Visitor): void {
  const frames: Frame[] = []
  let isKey = false
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index)
    const frame = frames[frames.length - 1]
    if (letter === QUOTE) {
      const end = endOfText(text, index)
      if (isKey && frame?.keys) takeKey(unquoted(text.slice(index, end + 1)), frames, visitor)
      index = end
    } else if (letter === OPEN_OBJECT) frames.push({ keys: new Set(), at: '' })
    else if (letter === OPEN_LIST) frames.push({ keys: undefined, at: 0 })
    else if (letter === CLOSE_OBJECT || letter === CLOSE_LIST) frames.pop()
    else if (letter === COMMA && typeof frame?.at === 'number') frame.at++
    else if (letter === MINUS || (letter >= ZERO && letter <= NINE)) {
      NUMBER.lastIndex = index
      const number = NUMBER.exec(text)?.[0] ?? ''
      if (/[.eE]/.test(number)) visitor.onNumber(frames, number)
      index += number.length - 1
    }
    if (letter === OPEN_OBJECT || letter === COMMA) isKey = frames[frames.length - 1]?.keys !== undefined
    else if (letter === COLON) isKey = false
  }
}

function takeKey(key: string, frames: readonly Frame[], visitor: Visitor): void {
  const frame = frames[frames.length - 1]
  if (!frame?.keys) return
  frame.at = key
  visitor.onKey(frames, frame.keys.has(key))
  frame.keys.add(key)
}

/** Each part is put together once, however many keys lie below it. */
function pathOf(frames: readonly Frame[], last = frames.length - 1): string {
  const frame = frames[last]
  if (!frame) return ''
  frame.within ??= pathOf(frames, last - 1)
  if (typeof frame.at === 'number') return `${frame.within}[${frame.at}]`
  return frame.within ? `${frame.within}.${frame.at}` : frame.at
}

/** Nobody reads more complaints: Go's decoder itself stops at a hundred. */
const MOST = 100
/** Most numbers that are looked at by how they are written. */
const MOST_NUMBERS = 1_000

/** @param text that is JSON @returns undefined where nothing is lost */
export function jsonMarks(text: string): JsonMarks | undefined {
  const repeated = new Set<string>()
  const written = new Map<string, string>()
  visit(text, {
    onKey: (frames, isRepeated) => isRepeated && repeated.size < MOST && repeated.add(pathOf(frames)),
    onNumber: (frames, number) => written.size < MOST_NUMBERS && written.set(pathOf(frames), number),
  })
  return repeated.size + written.size > 0 ? { repeated: [...repeated], written } : undefined
}

/**
 * Brings what Go's strict decoder says of a text into its order: an unknown field where it first stands, a repeated one where it comes again.
 * A key that is repeated within an unknown field is not looked at.
 */
export function inTextOrder(text: string, unknown: readonly string[], repeated: readonly string[]): string[] {
  const [strange, again] = [new Set(unknown.slice(0, MOST)), new Set(repeated)]
  const hidden = [...strange]
  const lines: string[] = []
  visit(text, {
    onKey: (frames, isRepeated) => {
      const path = pathOf(frames)
      const set = strange.has(path) ? strange : isRepeated && !isWithin(path, hidden) ? again : undefined
      if (set?.delete(path)) lines.push(`${set === strange ? 'unknown' : 'duplicate'} field ${JSON.stringify(path)}`)
    },
    onNumber: () => {},
  })
  return lines
}

const isWithin = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`))
