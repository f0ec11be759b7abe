/** Where a stream of terminal output can be cut without breaking a character or an escape sequence in two. */

const ESC = 0x1b
const BEL = 0x07
const CAN = 0x18
const SUB = 0x1a

type State = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape'

/**
 * How many bytes at the end of `bytes` belong to a character or sequence that is not complete: they have not shown yet, so a screen
 * serialised now plus these bytes again is the same as the screen.
 *
 * @param bytes  the newest output; a sequence that began before it is not seen
 */
export function unfinishedBytes(bytes: Uint8Array): number {
  let state: State = 'ground'
  let began = 0
  for (let at = 0; at < bytes.length; at++) {
    const next = step(state, bytes[at] ?? 0)
    if (state === 'ground' && next !== 'ground') began = at
    else if (next === 'escape' && state !== 'escape') began = at
    state = next
  }
  return state === 'ground' ? unfinishedCharacter(bytes) : bytes.length - began
}

function step(state: State, byte: number): State {
  if (byte === CAN || byte === SUB) return 'ground'
  switch (state) {
    case 'ground':
      return byte === ESC ? 'escape' : 'ground'
    case 'escape':
      return afterEscape(byte)
    case 'csi':
      if (byte === ESC) return 'escape'
      return byte >= 0x40 && byte <= 0x7e ? 'ground' : 'csi'
    case 'string':
      if (byte === BEL) return 'ground'
      return byte === ESC ? 'string-escape' : 'string'
    case 'string-escape':
      // ESC \ ends a string; any other sequence ends it too and is one of its own.
      return byte === 0x5c ? 'ground' : afterEscape(byte)
  }
}

function afterEscape(byte: number): State {
  if (byte === ESC) return 'escape'
  if (byte === 0x5b) return 'csi'
  // DCS, OSC, SOS, PM, APC
  if (byte === 0x50 || byte === 0x5d || byte === 0x58 || byte === 0x5e || byte === 0x5f) return 'string'
  return byte >= 0x20 && byte <= 0x2f ? 'escape' : 'ground'
}

/** Bytes of a UTF-8 character whose rest is to come. */
function unfinishedCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < lengthOf(byte) ? back : 0
  }
  return 0
}

const lengthOf = (lead: number) => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2)
