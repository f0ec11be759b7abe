/** The files of a container: the image's, copied when first written to, and volumes mounted over them. All in memory, bounded. */
import type { Data } from './stream.js'

export interface FileNode {
  type: 'file'
  data: Data
  /** So many zero bytes follow: what is large is kept by its size alone. */
  zeros?: number
  mode: number
  mtimeMs: number
}
export interface DirectoryNode {
  type: 'directory'
  entries: Map<string, Node>
  mode: number
  mtimeMs: number
}
export interface LinkNode {
  type: 'link'
  target: string
}
export type Node = FileNode | DirectoryNode | LinkNode

export const directory = (entries: Record<string, Node> = {}, mode = 0o755): DirectoryNode => ({
  type: 'directory',
  entries: new Map(Object.entries(entries)),
  mode,
  mtimeMs: 0,
})
export const file = (data: Data, mode = 0o644, mtimeMs = 0): FileNode => ({ type: 'file', data, mode, mtimeMs })

export class FileError extends Error {
  constructor(
    readonly code: 'ENOENT' | 'ENOTDIR' | 'EISDIR' | 'EROFS' | 'EEXIST' | 'ENOTEMPTY' | 'ENOSPC' | 'ENOMEM' | 'ELOOP' | 'EFBIG',
    readonly path: string,
  ) {
    super(TEXTS[code])
  }
}
const TEXTS = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EROFS: 'Read-only file system',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  ENOSPC: 'No space left on device',
  ENOMEM: 'Cannot allocate memory',
  ELOOP: 'Too many levels of symbolic links',
  EFBIG: 'File too large',
}

/** A directory tree that outlives containers: an emptyDir, a ConfigMap, a volume. */
export interface Mount {
  path: string
  root: Node
  readOnly: boolean
  /** Brings a volume up to date with what it shows, before each look. */
  refresh?: () => void
  /** Kept in memory, with a bound of its own where it has one; otherwise on the disk of the node. */
  memory?: { limitBytes?: number | undefined }
  /** The kernel's own, such as /proc: not among the mount points that are told of. */
  system?: boolean
}

/** One file system that a container sees, as `mount` and `df` tell of it. */
export interface MountPoint {
  path: string
  source: string
  type: 'overlay' | 'ext4' | 'tmpfs'
  readOnly: boolean
  root: Node
  limitBytes?: number | undefined
}

const MOST_LINKS = 20
/** What one container may write. */
const LARGEST_BYTES = 16 * 1024 * 1024
/** Zeros of this length and more are kept by their number. */
const MANY_ZEROS = 64 * 1024
const BLOCK_BYTES = 4096
/** The disk of a simulated node. */
export const DISK_BYTES = 100 * 1024 ** 3

export const fileBytes = ({ data, zeros = 0 }: FileNode): number => data.length + zeros

/** What a file takes on the disk in whole blocks, a folder with all that is in it. */
export function diskBytes(node: Node): number {
  if (node.type === 'link') return 0
  if (node.type === 'file') return Math.ceil(fileBytes(node) / BLOCK_BYTES) * BLOCK_BYTES
  let sum = BLOCK_BYTES
  for (const child of node.entries.values()) sum += diskBytes(child)
  return sum
}

/** `/a/../b/./c` -> `/b/c`, seen from `cwd`. */
export function normalize(path: string, cwd = '/'): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

function copyTree(node: Node): Node {
  if (node.type !== 'directory') return { ...node }
  return { ...node, entries: new Map([...node.entries].map(([name, child]) => [name, copyTree(child)])) }
}

function takeData(node: FileNode, data: Data, append = false): void {
  if (!append) delete node.zeros
  if (node.zeros) node.zeros += data.length
  else node.data = append ? node.data + data : data
}

/** Puts a node at a path; the folders on the way are copied. */
function place(root: DirectoryNode, parts: string[], volume: Node): void {
  const [name, ...rest] = parts
  if (name === undefined) return
  const child = root.entries.get(name)
  const inner: DirectoryNode = child?.type === 'directory' ? { ...child, entries: new Map(child.entries) } : directory()
  root.entries.set(name, rest.length === 0 ? volume : inner)
  if (rest.length > 0) place(inner, rest, volume)
}

function pointOf({ path, root, readOnly, memory, refresh }: Mount): MountPoint {
  refresh?.()
  if (!memory) return { path, source: '/dev/vda1', type: 'ext4', readOnly, root }
  return { path, source: 'tmpfs', type: 'tmpfs', readOnly, root, limitBytes: memory.limitBytes }
}

export interface FileSystemOptions {
  image: DirectoryNode
  /** The tree itself and no copy of an image: what chroot makes the root. */
  shared?: boolean
  mounts: Mount[]
  readOnlyRoot: boolean
  now: () => number
  /** Bytes that are free on the disk of the node; absent: a whole disk. */
  freeBytes?: (() => number) | undefined
}

export class FileSystem {
  #root: DirectoryNode | undefined
  #written = 0
  #isTouched = false
  readonly #mounts: Mount[]
  constructor(readonly options: FileSystemOptions) {
    // The deepest mount of a path has it.
    this.#mounts = [...options.mounts].sort((a, b) => b.path.length - a.path.length)
  }

  /** The image's tree, copied at the first look: most containers never look. */
  #tree(): DirectoryNode {
    if (!this.#root) {
      this.#root = this.options.shared ? this.options.image : (copyTree(this.options.image) as DirectoryNode)
      for (const mount of this.#mounts) this.#makePoint(mount)
    }
    return this.#root
  }

  #makePoint({ path, root }: Mount): void {
    let node = this.#root as DirectoryNode
    const parts = path.split('/').filter(Boolean)
    for (const [index, part] of parts.entries()) {
      const child = node.entries.get(part)
      if (child?.type === 'directory') node = child
      else {
        const isLast = index === parts.length - 1
        const made: Node = isLast && root.type === 'file' ? file('') : directory()
        node.entries.set(part, made)
        if (made.type === 'directory') node = made
      }
    }
  }

  #mountOf(path: string): Mount | undefined {
    return this.#mounts.find((mount) => path === mount.path || path.startsWith(`${mount.path}/`))
  }

  /** The node at a path, following links; undefined where there is none. */
  #find(path: string, follow = true, depth = 0): Node | undefined {
    if (depth > MOST_LINKS) throw new FileError('ELOOP', path)
    const mount = this.#mountOf(path)
    mount?.refresh?.()
    let node: Node | undefined = mount ? mount.root : this.#tree()
    let at = mount ? mount.path : ''
    const parts = path.slice(at.length).split('/').filter(Boolean)
    for (const [index, part] of parts.entries()) {
      if (node?.type !== 'directory') return undefined
      node = node.entries.get(part)
      at = `${at}/${part}`
      const isLast = index === parts.length - 1
      if (node?.type === 'link' && (follow || !isLast)) {
        const rest = parts.slice(index + 1).join('/')
        return this.#find(normalize(`${node.target}${rest ? `/${rest}` : ''}`, parentOf(at)), follow, depth + 1)
      }
    }
    return node
  }

  stat(path: string, follow = true): Node | undefined {
    return this.#find(normalize(path), follow)
  }
  exists(path: string): boolean {
    return this.stat(path) !== undefined
  }
  isDirectory(path: string): boolean {
    return this.stat(path)?.type === 'directory'
  }

  /** @throws FileError */
  read(path: string): Data {
    const node = this.stat(path)
    if (!node) throw new FileError('ENOENT', path)
    if (node.type !== 'file') throw new FileError('EISDIR', path)
    if ((node.zeros ?? 0) > LARGEST_BYTES) throw new FileError('EFBIG', path)
    return node.zeros ? node.data + '\0'.repeat(node.zeros) : node.data
  }

  /** @throws FileError */
  list(path: string): string[] {
    const node = this.stat(path)
    if (!node) throw new FileError('ENOENT', path)
    if (node.type !== 'directory') throw new FileError('ENOTDIR', path)
    return [...node.entries.keys()].sort()
  }

  #writableParent(path: string): { parent: DirectoryNode; name: string } {
    const mount = this.#mountOf(path)
    if (mount ? mount.readOnly : this.options.readOnlyRoot) throw new FileError('EROFS', path)
    if (!mount) this.#isTouched = true
    const parent = this.#find(parentOf(path))
    if (!parent) throw new FileError('ENOENT', path)
    if (parent.type !== 'directory') throw new FileError('ENOTDIR', path)
    return { parent, name: baseName(path) }
  }

  #charge(bytes: number, path: string): void {
    this.#written += bytes
    if (this.#written > LARGEST_BYTES || bytes > this.#roomAt(normalize(path))) throw new FileError('ENOSPC', path)
  }

  /** What may still be written there. */
  #roomAt(path: string): number {
    const mount = this.#mountOf(path)
    if (!mount?.memory) return this.options.freeBytes?.() ?? DISK_BYTES
    return (mount.memory.limitBytes ?? DISK_BYTES) + BLOCK_BYTES - diskBytes(mount.root)
  }

  /** Writes so many zero bytes, or as many as there is room for. @throws FileError */
  fill(path: string, bytes: number, { append = false } = {}): void {
    this.write(path, '', { append })
    const room = Math.max(0, this.#roomAt(normalize(path)))
    const node = this.stat(path) as FileNode
    node.zeros = (node.zeros ?? 0) + Math.min(bytes, room)
    if (bytes > room) throw new FileError('ENOSPC', path)
  }

  /** What its own files take beside those of the image. */
  get ownBytes(): number {
    return this.#isTouched && this.#root ? Math.max(0, diskBytes(this.#root) - diskBytes(this.options.image)) : 0
  }

  /** @throws FileError */
  write(path: string, data: Data, options: { append?: boolean; mode?: number } = {}): void {
    const full = normalize(path)
    const present = this.#find(full)
    if (present?.type === 'directory') throw new FileError('EISDIR', path)
    if (data.length >= MANY_ZEROS && /^\0+$/.test(data)) {
      this.fill(path, data.length, options)
      return
    }
    if (data.length > 0) this.#charge(data.length, path)
    if (present?.type === 'file') {
      const mount = this.#mountOf(full)
      if (mount ? mount.readOnly : this.options.readOnlyRoot) throw new FileError('EROFS', path)
      if (!mount) this.#isTouched = true
      takeData(present, data, options.append)
      present.mtimeMs = this.options.now()
      return
    }
    const { parent, name } = this.#writableParent(full)
    parent.entries.set(name, file(data, options.mode, this.options.now()))
  }

  /** @throws FileError */
  makeDirectory(path: string, parents = false): void {
    const full = normalize(path)
    if (this.#find(full)) {
      if (parents && this.isDirectory(full)) return
      throw new FileError('EEXIST', path)
    }
    if (parents && !this.#find(parentOf(full))) this.makeDirectory(parentOf(full), true)
    const { parent, name } = this.#writableParent(full)
    parent.entries.set(name, { ...directory(), mtimeMs: this.options.now() })
  }

  /** @throws FileError */
  remove(path: string, recursive = false): void {
    const full = normalize(path)
    const node = this.#find(full, false)
    if (!node) throw new FileError('ENOENT', path)
    if (node.type === 'directory' && !recursive) throw new FileError('EISDIR', path)
    const { parent, name } = this.#writableParent(full)
    parent.entries.delete(name)
  }

  /** @throws FileError */
  put(path: string, node: Node): void {
    const { parent, name } = this.#writableParent(normalize(path))
    parent.entries.set(name, node)
  }
  chmod(path: string, mode: number): void {
    const node = this.stat(path)
    if (!node || node.type === 'link') throw new FileError('ENOENT', path)
    this.#writableParent(normalize(path))
    node.mode = mode
  }
  /** The container's own tree first, then its volumes in the order in which they were mounted. */
  mountPoints(): MountPoint[] {
    const { mounts, readOnlyRoot } = this.options
    const own: MountPoint = { path: '/', source: 'overlay', type: 'overlay', readOnly: readOnlyRoot, root: this.#tree() }
    return [own, ...mounts.filter(({ system }) => !system).map(pointOf)]
  }
  mountPointOf(path: string): MountPoint {
    const mount = this.#mountOf(normalize(path))
    return mount ? pointOf(mount) : (this.mountPoints()[0] as MountPoint)
  }

  /** The whole as one tree, with its volumes in place; changes below them and below untouched folders are seen by the container. */
  view(): DirectoryNode {
    const root: DirectoryNode = { ...this.#tree(), entries: new Map(this.#tree().entries) }
    for (const { path, root: volume, refresh, system } of this.options.mounts) {
      if (system) continue
      refresh?.()
      place(root, path.split('/').filter(Boolean), volume)
    }
    return root
  }

  copyOf(path: string): Node {
    const node = this.stat(path)
    if (!node) throw new FileError('ENOENT', path)
    return copyTree(node)
  }
}
