/** Keys of a terminal, one by one: letters as they are, others by name. */

const NAMES: Record<string, string> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[3~': 'del',
  '[5~': 'page-up',
  '[6~': 'page-down',
}
const ESCAPE = '\x1b'

/** The first key of what came: a letter, the name of a key, `escape` for that key alone, `unknown` for a key without a name. */
export function nextKey(keys: string): { key: string; rest: string } {
  if (!keys.startsWith(ESCAPE)) return { key: keys[0] ?? '', rest: keys.slice(1) }
  const sequence = /^(\[\d*[A-Z~]|\[\d~|O[A-Z])/.exec(keys.slice(1))?.[0] ?? ''
  return { key: sequence ? (NAMES[sequence] ?? 'unknown') : 'escape', rest: keys.slice(1 + sequence.length) }
}
