/** Which of a person's hands was last on the page. */
let last: 'pointer' | 'key' | null = null

window.addEventListener('pointerdown', () => note('pointer'), { capture: true })
window.addEventListener('keydown', () => note('key'), { capture: true })

function note(hand: 'pointer' | 'key'): void {
  last = hand
}

/**
 * Whether the keyboard waits for something to type into: whoever is here has come by the pointer, and nothing has the keyboard. Not so
 * for a reader who turns the steps by keys, or with a menu that is open.
 */
export const keyboardIsFree = (): boolean =>
  last === 'pointer' && (document.activeElement === null || document.activeElement === document.body)
