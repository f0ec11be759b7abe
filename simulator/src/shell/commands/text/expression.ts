/** Patterns of grep and sed. */
/** Longer lines are searched no further: a learner's expression must not hold up the others. */
export const LONGEST_SEARCHED = 10_000

/** A POSIX expression as one of JavaScript's. */
export function toRegExp(pattern: string, extended: boolean, flags: string): RegExp {
  const classes = pattern
    .replace(/\[\[:(\w+):\]\]/g, (_all, name: string) => `[${CLASSES[name] ?? ''}]`)
    .replace(/\[:(\w+):\]/g, (_all, name: string) => CLASSES[name] ?? '')
  if (extended) return new RegExp(classes, flags)
  return new RegExp(
    classes.replace(/\\?[(){}|+?]/g, (found) => (found.startsWith('\\') ? found.slice(1) : `\\${found}`)),
    flags,
  )
}
const CLASSES: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
}
