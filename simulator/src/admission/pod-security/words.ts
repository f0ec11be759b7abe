/** Small helpers of wording for the checks. */
import type { Container } from '../../schema/kubernetes.generated.js'
import type { Subject } from './checks.js'

export const quoted = (items: Iterable<string>): string => [...items].map((item) => `"${item}"`).join(', ')
export const plural = (one: string, many: string, count: number): string => (count === 1 ? one : many)
export const containersText = (names: string[]): string => `${plural('container', 'containers', names.length)} ${quoted(names)}`
export const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort()

export const namesOf = (subject: Subject, isBad: (container: Container) => boolean): string[] =>
  subject.containers.filter(isBad).map(({ name }) => name)

/** `pod and container "main"`: who sets something that must not be set. */
export function setters(isPodBad: boolean, containers: string[]): string {
  return [...(isPodBad ? ['pod'] : []), ...(containers.length ? [containersText(containers)] : [])].join(' and ')
}

export const isWindows = ({ spec }: Subject): boolean => spec.os?.name === 'windows'
/** A Pod in a user namespace is root of nothing. */
export const isInUserNamespace = ({ spec }: Subject): boolean => spec.hostUsers === false
