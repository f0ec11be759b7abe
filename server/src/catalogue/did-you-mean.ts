import { distance } from 'fastest-levenshtein'

/** ` Did you mean "replicas-available"?` for a near miss, else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = [...known].map((candidate) => ({ candidate, far: distance(word, candidate) })).sort((a, b) => a.far - b.far)[0]
  const tolerance = Math.max(2, Math.ceil(word.length / 3))
  return near && near.far > 0 && near.far <= tolerance ? ` Did you mean "${near.candidate}"?` : ''
}
