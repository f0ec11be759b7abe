import { randomBytes } from 'node:crypto'

const LETTERS = 'abcdefghijkmnpqrstuvwxyz'
const ALPHABET = `${LETTERS}23456789`

/**
 * A new random id: ten lower-case letters and digits that begin with a letter, so that it fits into names of containers, networks
 * and hosts. No 0, 1, l, o: people read them aloud. 32^9 * 24 possibilities.
 */
export function newId(): string {
  return [...randomBytes(10)].map((byte, index) => pick(index === 0 ? LETTERS : ALPHABET, byte)).join('')
}

const pick = (letters: string, byte: number) => letters[byte % letters.length] ?? ''

/** What a person reads out to an operator, who searches the log for it: `7F3K-2Q`. */
export function newReference(): string {
  const letters = [...randomBytes(6)].map((byte) => pick(ALPHABET, byte).toUpperCase()).join('')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}
