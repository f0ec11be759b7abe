import { file, kubectl, type Step } from '../../scenario.js'

/** What the server says to each of these manifests, by what is wrong with them. */
export const refused = (manifests: Record<string, string>): Step[] =>
  Object.entries(manifests).flatMap(([name, manifest]) => [file(`${name}.yaml`, manifest), kubectl(`create -f ${name}.yaml`)])

/** Makes an object, then what the server says to each patch of it. */
export const unchangeable = (address: string, manifest: string, patches: string[]): Step[] => [
  file(`${address.replace('/', '-')}.yaml`, manifest),
  kubectl(`create -f ${address.replace('/', '-')}.yaml`),
  ...patches.map((patch) => kubectl(`patch ${address} --type=merge '--patch=${patch}'`)),
]
