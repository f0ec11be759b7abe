/** A small kubectl for Pods that speak with their own cluster: it goes the way of the real one, by HTTPS with the token of its Pod. */
import type { Program } from '../../containers/process.js'
import { encode } from '../../containers/stream.js'
import { busyboxPrograms } from '../../shell/commands/index.js'
import type { Image } from '../image.js'
import { Api, KubectlError } from './api.js'
import { COMMANDS } from './commands.js'
import { readWords } from './options.js'

export const kubectl: Program = async (process) => {
  try {
    const { words, flags, rest = [] } = readWords(process.argv.slice(1))
    const [name = '', ...others] = words
    const api = new Api(process, flags.get('as'))
    const namespace = flags.has('all-namespaces') ? undefined : (flags.get('namespace') ?? api.namespace)
    const command = COMMANDS[name]
    if (!command)
      throw new KubectlError(
        name
          ? `error: the kubectl of the simulated image has no command ${JSON.stringify(name)}: it knows ${Object.keys(COMMANDS).join(', ')}`
          : 'kubectl controls the Kubernetes cluster manager.',
      )
    return await command({ api, words: others, rest, flags, namespace })
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    await process.stderr.write(encode(`${error.message}\n`))
    return 1
  }
}

const programs = { ...busyboxPrograms, bash: busyboxPrograms.sh as Program, kubectl }
const image = (repository: string, tags?: RegExp): Image => ({
  repository,
  ...(tags ? { tags } : {}),
  entrypoint: ['kubectl'],
  command: [],
  programs,
  user: { uid: 1001, gid: 0, name: '' },
  sizeBytes: 55_000_000,
})

export const kubectlImages: Image[] = [
  image('docker.io/bitnami/kubectl'),
  image('docker.io/bitnamilegacy/kubectl'),
  image('docker.io/rancher/kubectl', /^v1\.\d+\.\d+$/),
  image('docker.io/alpine/kubectl'),
  image('registry.k8s.io/kubectl', /^v1\.\d+\.\d+$/),
]
