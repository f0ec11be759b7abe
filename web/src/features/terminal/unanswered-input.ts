/** What was typed and not taken by the shell yet: kept until it is, sent again after a cut, never more of it under way than a window. */

export interface Piece {
  sequence: number
  bytes: Uint8Array
}

/** A paste is sent in pieces, so that Ctrl+C after it does not stand behind all of it on the wire. */
const PIECE_BYTES = 16 * 1024
const WINDOW_BYTES = 64 * 1024

export class UnansweredInput {
  #pieces: Piece[] = []
  /** Count of bytes typed so far: the sequence of the next one. */
  #next = 0
  /** Up to which sequence it was sent on this line. */
  #sent = 0

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.slice(at, at + PIECE_BYTES)
      this.#pieces.push({ sequence: this.#next, bytes: piece })
      this.#next += piece.length
    }
  }

  /** The pieces that may be sent now, in order; they count as sent. */
  take(): Piece[] {
    const first = this.#pieces[0]?.sequence ?? this.#next
    const ready = this.#pieces.filter(
      ({ sequence, bytes }) => sequence >= this.#sent && sequence + bytes.length - first <= WINDOW_BYTES,
    )
    const last = ready.at(-1)
    if (last) this.#sent = last.sequence + last.bytes.length
    return ready
  }

  /** The shell has taken everything before `sequence`. */
  accepted(sequence: number): void {
    this.#pieces = this.#pieces.filter((piece) => piece.sequence + piece.bytes.length > sequence)
  }

  /** The line was cut: everything that was not answered is to be sent again. */
  rewind(): void {
    this.#sent = this.#pieces[0]?.sequence ?? this.#next
  }

  /** The shell it was meant for is gone: it must not reach another one. */
  clear(): void {
    this.#pieces = []
    this.#sent = this.#next
  }
}
