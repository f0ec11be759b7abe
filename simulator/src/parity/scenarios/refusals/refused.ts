import { file, kubectl, type Step, until } from '../../scenario.js'

/** An object with what stands below its metadata, as YAML. */
export const object = (apiVersion: string, kind: string, body: string, name = 'wrong') => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: "${name}" }
${body}`

/** What the server says to each of these manifests, by what is wrong with them. */
export const refused = (manifests: Record<string, string>): Step[] =>
  Object.entries(manifests).flatMap(([name, manifest]) => [file(`${name}.yaml`, manifest), kubectl(`create -f ${name}.yaml`)])

/** A patch, and why the answer to it is known to differ. */
type Patch = string | [patch: string, differs: string]

/** Makes an object, then what the server says to each patch of it, once controllers have `settled` it. */
export function unchangeable(address: string, manifest: string, patches: Patch[], settled: Step[] = []): Step[] {
  // Names of files are taken as they are.
  const name = `${address.replace('/', '-').replace('{{ns}}', 'own')}.yaml`
  return [
    file(name, manifest),
    kubectl(`create -f ${name}`),
    ...settled,
    ...patches.map((each) => {
      const [patch, differs] = typeof each === 'string' ? [each] : each
      return kubectl(`patch ${address} --type=merge '--patch=${patch}'`, differs)
    }),
    // What stands in no namespace does not go with that of the scenario.
    ...(address.includes('/{{ns}}-') ? [until(`delete ${address}`)] : []),
  ]
}
