/** The plugin `rewrite`: questions change before the plugins after it, answers get their names back. @see https://coredns.io/plugins/rewrite/ */
import type { Directive } from './corefile.js'
import { fullName, type Question, type Response } from './message.js'

export interface Rewriting {
  /** The changed question; undefined where the rule does not fit. */
  apply(question: Question): { question: Question; restore: (answer: Response) => Response } | undefined
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** `name MATCHER FROM TO`, where the matcher may be left out, and `type FROM TO`. @returns why the rule cannot be read */
export function parseRewrite({ args }: Directive): Rewriting | string {
  const words = args[0] === 'stop' || args[0] === 'continue' ? args.slice(1) : args
  const [field = '', ...rest] = words
  if (field === 'type') return typeRule(rest)
  if (field !== 'name') return `unsupported rewrite of ${JSON.stringify(field)} in the simulated cluster`
  const matchers = ['exact', 'prefix', 'suffix', 'substring', 'regex']
  const [matcher = 'exact', from = '', to = '', ...more] = matchers.includes(rest[0] ?? '') ? rest : ['exact', ...rest]
  if (!from || !to) return 'few arguments for a name rule'
  const pattern = patternOf(matcher, from)
  if (typeof pattern === 'string') return pattern
  const replacement = matcher === 'regex' ? to.replace(/\{(\d+)\}/g, '$$$1') : to.replaceAll('$', '$$$$')
  return nameRule({ pattern, replacement, answersToo: matcher === 'exact' || more.includes('auto') || more.includes('answer') })
}

function patternOf(matcher: string, from: string): RegExp | string {
  try {
    if (matcher === 'exact') return new RegExp(`^${literally(fullName(from))}$`)
    if (matcher === 'prefix') return new RegExp(`^${literally(from)}`)
    if (matcher === 'suffix') return new RegExp(`${literally(fullName(from))}$`)
    return new RegExp(matcher === 'regex' ? from : literally(from))
  } catch {
    return `invalid regex pattern in a name rule: ${from}`
  }
}

function nameRule({
  pattern,
  replacement,
  answersToo,
}: {
  pattern: RegExp
  replacement: string
  answersToo: boolean
}): Rewriting {
  return {
    apply(question) {
      if (!pattern.test(question.name)) return undefined
      const name = fullName(question.name.replace(pattern, replacement))
      const restore = (answer: Response): Response => ({
        ...answer,
        answers: answer.answers.map((each) => (answersToo && each.name === name ? { ...each, name: question.name } : each)),
      })
      return { question: { ...question, name }, restore }
    },
  }
}

function typeRule([from = '', to = '']: string[]): Rewriting {
  return {
    apply: (question) =>
      question.type === from
        ? { question: { ...question, type: to as Question['type'] }, restore: (answer) => answer }
        : undefined,
  }
}
