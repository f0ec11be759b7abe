/** Resource quantities by value: `500m` is `0.5`, `1Gi` is `1073741824`. */
const SUFFIX: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** NaN where the text is no quantity. */
export function quantity(value: unknown): number {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([numkMGTPE]i?|Ki)?$/.exec(String(value ?? ''))
  if (!match) return Number.NaN
  const factor = SUFFIX[match[2] ?? '']
  return factor === undefined ? Number.NaN : Number(match[1]) * factor
}

/** Equal up to what is lost by writing a number in two units. */
export const sameQuantity = (a: unknown, b: unknown): boolean => {
  const [left, right] = [quantity(a), quantity(b)]
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right))
}
