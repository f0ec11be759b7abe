/** What is wrong with a file of the content, said so that its author can mend it. */
export interface Problem {
  /** Relative to the folder that was read. */
  file: string
  /** From 1; 1 where the whole file is meant. */
  line: number
  column: number
  /** Which rule found it, in kebab-case. */
  rule: string
  message: string
}

export const byPlace = (a: Problem, b: Problem): number =>
  a.file.localeCompare(b.file, 'en') || a.line - b.line || a.column - b.column || a.message.localeCompare(b.message, 'en')

/** `labs/.../lab.yaml:14:3: the message (rule)`: terminals and editors make a link of the beginning. */
export const formatProblem = ({ file, line, column, rule, message }: Problem): string =>
  `${file}:${line}:${column}: ${message} (${rule})`
