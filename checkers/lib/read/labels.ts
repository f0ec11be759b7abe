/** Label selectors in kubectl's notation: `app=web,tier!=db,env in (a,b),!legacy`. */
export type Labels = Record<string, string> | undefined

const SET = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/

export function matchesLabels(selector: string, labels: Labels): boolean {
  const terms = selector.split(/,(?![^(]*\))/).map((term) => term.trim())
  return terms.filter((term) => term !== '').every((term) => matchesTerm(term, labels ?? {}))
}

function matchesTerm(term: string, labels: Record<string, string>): boolean {
  const set = SET.exec(term)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    return operator === 'in' ? values.includes(labels[key] ?? '\0') : !values.includes(labels[key] ?? '\0')
  }
  const [, key = '', operator = '', value = ''] = /^([^=!]+?)\s*(!=|==|=)\s*(.*)$/.exec(term) ?? []
  if (operator === '!=') return labels[key] !== value
  if (operator !== '') return labels[key] === value
  return term.startsWith('!') ? !(term.slice(1) in labels) : term in labels
}
