import { type DirectoryNode, directory, file } from '../containers/file-system.js'
import type { Program } from '../containers/process.js'

/** One image of the simulated registry: what its containers are made of. */
export interface Image {
  /** With its registry: `docker.io/library/nginx`. */
  repository: string
  /** The tags that exist; absent: any. */
  tags?: RegExp
  entrypoint?: string[]
  command: string[]
  programs: Record<string, Program>
  env?: Record<string, string>
  workingDirectory?: string
  user?: { uid: number; gid: number; name: string }
  /** The files that it brings, by absolute path. */
  files?: Record<string, string>
  /** Symbolic links, by absolute path. */
  links?: Record<string, string>
  sizeBytes: number
  /** Its programs answer every probe as long as they run: probing them again and again would tell nothing. */
  steady?: boolean
  /** A part of the cluster: its program may use the API in process, with the rights of its Pod's ServiceAccount. */
  usesCluster?: boolean
}

export const ROOT = { uid: 0, gid: 0, name: 'root' }

const BASE: Record<string, string> = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  '/etc/group': 'root:x:0:\nnobody:x:65534:\n',
}
const FOLDERS = [
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/proc',
  '/root',
  '/sbin',
  '/sys',
  '/tmp',
  '/usr/bin',
  '/var/log',
  '/var/run',
  '/run',
]

const trees = new WeakMap<Image, DirectoryNode>()

/** The tree of an image's files, made once and shared; containers copy it when they look. */
export function treeOf(image: Image): DirectoryNode {
  const known = trees.get(image)
  if (known) return known
  const root = directory()
  for (const folder of FOLDERS) makeFolder(root, folder.split('/').filter(Boolean))
  for (const name of Object.keys(image.programs)) makeFolder(root, ['bin']).entries.set(name, file('', 0o755))
  for (const [path, data] of Object.entries({ ...BASE, ...image.files })) {
    const parts = path.split('/').filter(Boolean)
    const name = parts.pop() ?? ''
    makeFolder(root, parts).entries.set(name, file(data))
  }
  for (const [path, target] of Object.entries(image.links ?? {})) {
    const parts = path.split('/').filter(Boolean)
    const name = parts.pop() ?? ''
    makeFolder(root, parts).entries.set(name, { type: 'link', target })
  }
  makeFolder(root, ['dev']).entries.set('null', file('', 0o666))
  trees.set(image, root)
  return root
}

function makeFolder(root: DirectoryNode, parts: string[]): DirectoryNode {
  let node = root
  for (const part of parts) {
    const child = node.entries.get(part)
    if (child?.type === 'directory') node = child
    else {
      const made = directory()
      node.entries.set(part, made)
      node = made
    }
  }
  return node
}
