/**
 * Paths into an object, as authors write them: `status.availableReplicas`, `spec.template.spec.containers[0].image`,
 * `status.conditions[type=Ready].status`, `metadata.annotations['kubernetes.io/change-cause']`.
 */
export type PathStep = { field: string } | { index: number } | { where: string; equals: string }

const STEP = /^(?:\.?([A-Za-z0-9_$-]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]|\[([A-Za-z0-9_]+)=([^\]]*)\])/

/** @throws TypeError where the text is no path: an author's slip, which must not look like a learner's */
export function parsePath(path: string): PathStep[] {
  const steps: PathStep[] = []
  let rest = path
  while (rest !== '') {
    const match = STEP.exec(rest)
    if (!match) throw new TypeError(`"${path}" is not a path: stopped at "${rest}"`)
    const [whole, field, index, single, double, where, equals] = match
    if (index !== undefined) steps.push({ index: Number(index) })
    else if (where !== undefined) steps.push({ where, equals: equals ?? '' })
    else steps.push({ field: field ?? single ?? double ?? '' })
    rest = rest.slice(whole.length)
  }
  return steps
}

/** The value at the path; undefined where any part of it is missing. */
export function valueAt(object: unknown, steps: readonly PathStep[]): unknown {
  return steps.reduce<unknown>((value, step) => {
    if (value === null || typeof value !== 'object') return undefined
    if ('field' in step) return (value as Record<string, unknown>)[step.field]
    if (!Array.isArray(value)) return undefined
    if ('index' in step) return value[step.index]
    return value.find((item) => String((item as Record<string, unknown> | null)?.[step.where]) === step.equals)
  }, object)
}

/** The same path for `kubectl -o jsonpath=`. */
export function jsonPath(steps: readonly PathStep[]): string {
  const text = steps.map((step) => {
    if ('index' in step) return `[${step.index}]`
    if ('where' in step) return `[?(@.${step.where}=="${step.equals}")]`
    return `.${step.field.replaceAll('.', '\\.')}`
  })
  return `{${text.join('')}}`
}
