/** Figures of a bench: said as a table, and written as JSON for whoever compares them. */
import { writeFile } from 'node:fs/promises'

export interface Figure {
  name: string
  value: number
  unit: string
  /** What the value must not exceed; null where there is no goal. */
  goal: number | null
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] =
    sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1)
  return (low + high) / 2
}

export const isMet = ({ value, goal }: Figure): boolean | null => (goal === null ? null : value <= goal)

export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length))
  return figures
    .map((figure) => {
      const met = isMet(figure)
      const goal = met === null ? '' : `  (goal <= ${figure.goal} ${figure.unit}: ${met ? 'met' : 'MISSED'})`
      return `${figure.name.padEnd(width)}  ${figure.value.toFixed(2).padStart(8)} ${figure.unit}${goal}`
    })
    .join('\n')
}

/** `{"figures":[{"name","value","unit","goal","met"}]}` */
export async function writeFigures(file: string, figures: readonly Figure[]): Promise<void> {
  const rows = figures.map((figure) => ({ ...figure, met: isMet(figure) }))
  await writeFile(file, `${JSON.stringify({ figures: rows }, null, 2)}\n`)
}
