/** The simulated registry: which images there are. */
import type { Program } from '../containers/process.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { curl as curlProgram } from '../shell/commands/network/curl.js'
import { networkCommands, networkTools } from '../shell/commands/network/index.js'
import { agnhostImage } from './agnhost.js'
import { appImages } from './app.js'
import { databaseImages } from './databases.js'
import { gatewayImage } from './gateway.js'
import { httpdImage } from './httpd.js'
import type { Image } from './image.js'
import { ingressImages } from './ingress-nginx.js'
import { kubectlImages } from './kubectl/kubectl.js'
import { nginxImage } from './nginx/image.js'
import { pythonImage } from './python.js'
import { redisImage } from './redis.js'
import { formatReference, nameFault, parseReference } from './reference.js'
import { stressImages } from './stress.js'
import { systemImages } from './system.js'

const busybox: Image = {
  repository: 'docker.io/library/busybox',
  tags: /^(latest|stable|1|1\.(2[89]|3[0-9])(\.\d+)?|musl|glibc|uclibc)(-(musl|glibc|uclibc))?$/,
  command: ['sh'],
  programs: busyboxPrograms,
  sizeBytes: 2_243_391,
}

const alpine: Image = {
  ...busybox,
  repository: 'docker.io/library/alpine',
  tags: /^(latest|3|3\.\d+(\.\d+)?|edge)$/,
  command: ['/bin/sh'],
  files: { '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n' },
  sizeBytes: 3_800_000,
}

const bash = { bash: busyboxPrograms.sh as Program }

/** Debian and Ubuntu have neither curl nor tools of the network until they are installed, which nothing here can do. */
const distribution = (name: string, tags: RegExp, release: string): Image => ({
  repository: `docker.io/library/${name}`,
  tags,
  command: ['bash'],
  programs: { ...withoutNetwork(busyboxPrograms), ...bash },
  files: { '/etc/os-release': release },
  sizeBytes: 48_000_000,
})
const withoutNetwork = (programs: Record<string, Program>): Record<string, Program> =>
  Object.fromEntries(Object.entries(programs).filter(([name]) => !(name in networkCommands)))

const debian = distribution(
  'debian',
  /^(latest|stable|1[0-3](\.\d+)?|bookworm|trixie|bullseye)(-slim)?$/,
  'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n',
)
/** Of the Pods that empty a volume of the policy `Recycle`. */
const debianBase: Image = { ...debian, repository: 'registry.k8s.io/build-image/debian-base', tags: /^bookworm-v1\.0\.\d+$/ }
const ubuntu = distribution(
  'ubuntu',
  /^(latest|rolling|\d\d\.(04|10)|noble|jammy|focal)$/,
  'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n',
)

/** Images whose whole use is to look at the network. */
const toolbox = (repository: string): Image => ({
  repository,
  command: ['sleep', 'infinity'],
  programs: { ...busyboxPrograms, ...networkTools, ...bash, curl: curlProgram },
  sizeBytes: 180_000_000,
})
const toolboxes = [
  'docker.io/nicolaka/netshoot',
  'docker.io/wbitt/network-multitool',
  'registry.k8s.io/e2e-test-images/jessie-dnsutils',
].map(toolbox)

const curl: Image = {
  repository: 'docker.io/curlimages/curl',
  tags: /^(latest|\d+\.\d+\.\d+)$/,
  entrypoint: ['/entrypoint.sh'],
  command: ['curl'],
  programs: { ...busyboxPrograms, curl: curlProgram, '/entrypoint.sh': entrypoint },
  user: { uid: 100, gid: 101, name: 'curl_user' },
  workingDirectory: '/home/curl_user',
  files: { '/home/curl_user/.keep': '' },
  sizeBytes: 9_300_000,
}

/** Runs what it is given, and curl itself for what begins with an option or an address. */
function entrypoint(process: Parameters<Program>[0]): Promise<number> {
  const [, name = 'curl', ...rest] = process.argv
  const program = curl.programs[name]
  return program ? program({ ...process, argv: [name, ...rest] }) : curlProgram({ ...process, argv: ['curl', name, ...rest] })
}

const images: Image[] = [
  busybox,
  alpine,
  debian,
  debianBase,
  ubuntu,
  ...toolboxes,
  curl,
  nginxImage,
  httpdImage,
  redisImage,
  agnhostImage,
  pythonImage,
  ...databaseImages,
  ...stressImages,
  ...kubectlImages,
  ...appImages,
  ...ingressImages,
  gatewayImage,
  ...systemImages,
]

export type Lookup = { found: true; image: Image; reference: string } | { found: false; error: string }

/** Kubelets ask for the same few names again and again. */
const known = new Map<string, Lookup>()
const MOST_KNOWN = 1000

/** The image of a reference, or what a registry and containerd say of one that is not there. */
export function lookUp(name: string): Lookup {
  const before = known.get(name)
  if (before) return before
  if (known.size >= MOST_KNOWN) known.clear()
  const found = search(name)
  known.set(name, found)
  return found
}

function search(name: string): Lookup {
  const reference = parseReference(name)
  if (!reference) return { found: false, error: nameFault(name) ?? '' }
  const full = formatReference(reference)
  const ofName = images.filter((image) => image.repository === reference.repository)
  const image = ofName.find((each) => !each.tags || each.tags.test(reference.tag))
  if (image) return { found: true, image, reference: full }
  const unpack = `failed to pull and unpack image "${full}": failed to resolve reference "${full}"`
  if (ofName.length > 0) return { found: false, error: `rpc error: code = NotFound desc = ${unpack}: ${full}: not found` }
  return {
    found: false,
    error: `${unpack}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  }
}
