/** The tree that the parser makes of a shell script. */

/** A piece of a word. `quoted` pieces are neither split nor globbed. */
export type Piece =
  | { type: 'text'; text: string; quoted: boolean }
  | { type: 'parameter'; name: string; operator: string; word: Word | undefined; quoted: boolean; length: boolean }
  | { type: 'command'; script: Script; quoted: boolean }
  | { type: 'arithmetic'; text: Word; quoted: boolean }
export type Word = Piece[]

/** Whether a word is just these letters, without quotes. */
export const isPlain = (word: Word | undefined, text: string): boolean =>
  word?.length === 1 && word[0]?.type === 'text' && !word[0].quoted && word[0].text === text

export interface Redirection {
  /** Descriptor; undefined for the usual one of the operator. */
  descriptor: number | undefined
  operator: '<' | '>' | '>>' | '>|' | '<>' | '>&' | '<&' | '&>' | '<<' | '<<<'
  target: Word
}

export interface Assignment {
  name: string
  value: Word
}

export type Command =
  | { type: 'simple'; assignments: Assignment[]; words: Word[]; redirections: Redirection[] }
  | { type: 'group'; body: Script; subshell: boolean; redirections: Redirection[] }
  | { type: 'if'; branches: { test: Script; body: Script }[]; otherwise: Script | undefined; redirections: Redirection[] }
  | { type: 'loop'; until: boolean; test: Script; body: Script; redirections: Redirection[] }
  | { type: 'for'; name: string; words: Word[] | undefined; body: Script; redirections: Redirection[] }
  | { type: 'case'; word: Word; clauses: { patterns: Word[]; body: Script }[]; redirections: Redirection[] }
  | { type: 'function'; name: string; body: Command }

export interface Pipeline {
  commands: Command[]
  negated: boolean
}
export interface Statement {
  first: Pipeline
  rest: { operator: '&&' | '||'; pipeline: Pipeline }[]
  background: boolean
}
export type Script = Statement[]

/** `sh: syntax error: unexpected "fi"` */
export class ShellSyntaxError extends Error {
  constructor(
    what: string,
    /** The script ended too early: more input could complete it. */
    readonly incomplete = false,
  ) {
    super(`syntax error: ${what}`)
  }
}
