/**
 * The server's screen answers what programs ask of their terminal; a page never does, or every viewer would answer, and again at
 * each replay. What xterm would answer is taken from it here.
 */
import type { IDisposable, IFunctionIdentifier, Terminal } from '@xterm/xterm'

const QUESTIONS: IFunctionIdentifier[] = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
  { prefix: '>', final: 'q' },
]
const REQUEST_SETTING: IFunctionIdentifier = { intermediates: '$', final: 'q' }
/** Palette entry, foreground, background, cursor: a question where the data hold a `?`. */
const COLOURS = [4, 10, 11, 12]

export function silenceAnswers({ parser }: Terminal): IDisposable[] {
  return [
    ...QUESTIONS.map((question) => parser.registerCsiHandler(question, () => true)),
    parser.registerDcsHandler(REQUEST_SETTING, () => true),
    ...COLOURS.map((code) => parser.registerOscHandler(code, (data) => data.includes('?'))),
  ]
}
