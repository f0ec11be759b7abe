/** The labels of a namespace that say how safe its Pods must be. @see pod-security-admission/api/helpers.go */
import { FieldErrors } from '../../objects/field-errors.js'

export type Level = 'privileged' | 'baseline' | 'restricted'
const LEVELS: Level[] = ['privileged', 'baseline', 'restricted']

/** Minor version of Kubernetes, or `latest`. */
export type PolicyVersion = number | 'latest'

export interface LevelVersion {
  level: Level
  version: PolicyVersion
}
export interface Policy {
  enforce: LevelVersion
  audit: LevelVersion
  warn: LevelVersion
}

const PREFIX = 'pod-security.kubernetes.io/'
const VERSION = /^v1\.(0|[1-9]\d*)$/

export const levelText = ({ level, version }: LevelVersion): string =>
  `${level}:${version === 'latest' ? version : `v1.${version}`}`
export const isStricter = (left: Level, right: Level): boolean => LEVELS.indexOf(left) > LEVELS.indexOf(right)

type Labels = Record<string, string> | undefined

class Reader {
  readonly errors = new FieldErrors()
  constructor(readonly labels: Labels) {}

  level(name: string, otherwise: Level): { level: Level; isSet: boolean } {
    const text = this.labels?.[`${PREFIX}${name}`]
    if (text === undefined) return { level: 'privileged', isSet: false }
    if (LEVELS.includes(text as Level)) return { level: text as Level, isSet: true }
    this.errors.invalid(`metadata.labels[${PREFIX}${name}]`, text, 'must be one of privileged, baseline, restricted')
    return { level: otherwise, isSet: false }
  }

  version(name: string): { version: PolicyVersion; isSet: boolean } {
    const text = this.labels?.[`${PREFIX}${name}-version`]
    if (text === undefined || text === 'latest') return { version: 'latest', isSet: text !== undefined }
    const match = VERSION.exec(text)
    if (match) return { version: Number(match[1]), isSet: true }
    this.errors.invalid(`metadata.labels[${PREFIX}${name}-version]`, text, 'must be "latest" or "v1.x"')
    return { version: 'latest', isSet: true }
  }
}

/** What holds in a namespace, and what is wrong with its labels. */
export function policyOf(labels: Labels): { policy: Policy; errors: FieldErrors } {
  const reader = new Reader(labels)
  const enforce = reader.level('enforce', 'restricted')
  const enforceVersion = reader.version('enforce')
  const audit = reader.level('audit', 'privileged')
  const auditVersion = reader.version('audit')
  const warn = reader.level('warn', 'privileged')
  const warnVersion = reader.version('warn')
  const policy: Policy = {
    enforce: { level: enforce.level, version: enforceVersion.version },
    audit: { level: audit.level, version: auditVersion.version },
    warn: { level: warn.level, version: warnVersion.version },
  }
  // Whoever enforces wants to be warned as well: templates are only warned of.
  const hasWarn = labels?.[`${PREFIX}warn`] !== undefined
  if (!hasWarn && enforce.isSet && isStricter(enforce.level, policy.warn.level)) {
    policy.warn.level = enforce.level
    if (!warnVersion.isSet) policy.warn.version = policy.enforce.version
  }
  return { policy, errors: reader.errors }
}
