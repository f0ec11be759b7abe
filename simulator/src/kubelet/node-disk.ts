/** The files of a node, as far as Pods see them through hostPath: one tree, so that a folder and what lies in it are the same to all. */
import { type DirectoryNode, directory, type FileNode, file, type Node } from '../containers/file-system.js'
import { busyboxPrograms } from '../shell/commands/index.js'

/** What a node has from the start. */
const FOLDERS = [
  'dev',
  'etc/kubernetes',
  'home',
  'lib/modules',
  'opt',
  'proc',
  'root',
  'run',
  'srv',
  'sys',
  'tmp',
  'usr',
  'var/lib/kubelet',
  'var/log',
]

type Kind = 'directory' | 'file'

/** What a `type` asks of a path, and whether it is made where it is missing; no type asks nothing and makes a folder. */
const TYPES: Record<string, { kind: Kind; makes: boolean; words: string }> = {
  DirectoryOrCreate: { kind: 'directory', makes: true, words: 'a directory' },
  Directory: { kind: 'directory', makes: false, words: 'a directory' },
  FileOrCreate: { kind: 'file', makes: true, words: 'a file' },
  File: { kind: 'file', makes: false, words: 'a file' },
}
const NEVER_THERE: Record<string, string> = {
  Socket: 'a socket file',
  CharDevice: 'a character device',
  BlockDevice: 'a block device',
}

export class NodeDisk {
  readonly #root = directory()
  /** @param files what it has beside its folders, by path */
  constructor(readonly files: Record<string, string> = {}) {
    for (const path of FOLDERS) this.#walk(path.split('/'), 'directory')
  }

  /** @throws Error in the kubelet's words where the path is not of the type that is asked for. @see pkg/volume/hostpath */
  open(path: string, type = ''): Node {
    const parts = path.split('/').filter(Boolean)
    if (parts.length === 0) this.#furnish()
    const wanted = TYPES[type]
    if (NEVER_THERE[type]) throw new Error(`hostPath type check failed: ${path} is not ${NEVER_THERE[type]}`)
    const present = this.#find(parts)
    if (wanted ? present?.type === wanted.kind : present) return present as Node
    if (wanted && (present || !wanted.makes)) throw new Error(`hostPath type check failed: ${path} is not ${wanted.words}`)
    return this.#walk(parts, wanted?.kind ?? 'directory')
  }

  /** Who sees all of it may make it a root to work in. */
  #furnish(): void {
    const { entries } = this.#walk(['bin'], 'directory') as DirectoryNode
    if (entries.size > 0) return
    for (const name of Object.keys(busyboxPrograms)) entries.set(name, file('', 0o755))
    entries.set('bash', file('', 0o755))
    for (const [path, text] of Object.entries(this.files)) (this.#walk(path.split('/'), 'file') as FileNode).data = text
  }

  #find(parts: string[]): Node | undefined {
    let node: Node | undefined = this.#root
    for (const part of parts) node = node?.type === 'directory' ? node.entries.get(part) : undefined
    return node
  }

  #walk(parts: string[], kind: Kind): Node {
    let node: DirectoryNode = this.#root
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1
      const next: Node = node.entries.get(part) ?? (isLast && kind === 'file' ? file('') : directory())
      node.entries.set(part, next)
      if (isLast) return next
      if (next.type !== 'directory') throw new Error(`mkdir /${parts.slice(0, index + 1).join('/')}: not a directory`)
      node = next
    }
    return node
  }
}
