/** Reads a Corefile: server blocks with the directives of their plugins. @see https://coredns.io/manual/configuration/ */

/** One line of what a directive has in its braces. */
export interface Property {
  name: string
  args: string[]
  line: number
}

export interface Directive {
  name: string
  args: string[]
  block: Property[]
  line: number
}

export interface ServerBlock {
  /** Zones with the last dot, and the port of each. */
  zones: { zone: string; port: number }[]
  directives: Directive[]
}

/** What CoreDNS says of a Corefile that it cannot take. */
export class CorefileError extends Error {}

/** @param plugin the one whose line it is; absent where the line itself cannot be read */
export const parsingError = (line: number, problem: string, plugin?: string): CorefileError =>
  new CorefileError(`${plugin ? `plugin/${plugin}: ` : ''}/etc/coredns/Corefile:${line} - Error during parsing: ${problem}`)
export const argumentError = (line: number, word: string, plugin: string): CorefileError =>
  parsingError(line, `Wrong argument count or unexpected line ending after '${word}'`, plugin)
/** A fault that CoreDNS tells of without its place. */
export const pluginError = (plugin: string, problem: string): CorefileError => new CorefileError(`plugin/${plugin}: ${problem}`)

/** Plugins of the CoreDNS that Kubernetes ships; `true` where the simulated one does what it says. */
const PLUGINS: Record<string, boolean> = {
  acl: false,
  any: false,
  auto: false,
  autopath: false,
  azure: false,
  bind: false,
  bufsize: false,
  cache: true,
  cancel: false,
  chaos: false,
  clouddns: false,
  debug: true,
  dns64: false,
  dnssec: false,
  dnstap: false,
  erratic: false,
  errors: true,
  etcd: false,
  file: false,
  forward: true,
  geoip: false,
  grpc: false,
  header: false,
  health: true,
  hosts: true,
  import: false,
  k8s_external: false,
  kubernetes: true,
  loadbalance: true,
  local: false,
  log: true,
  loop: true,
  metadata: false,
  minimal: false,
  multisocket: false,
  nomad: false,
  nsid: false,
  pprof: false,
  prometheus: true,
  quic: false,
  ready: true,
  reload: true,
  rewrite: true,
  root: false,
  route53: false,
  secondary: false,
  sign: false,
  template: true,
  timeouts: false,
  tls: false,
  trace: false,
  transfer: false,
  tsig: false,
  view: false,
  whoami: false,
}

/** The plugins of a Corefile that are read and have no effect here. */
export const withoutEffect = (blocks: ServerBlock[]): string[] => [
  ...new Set(blocks.flatMap(({ directives }) => directives.map(({ name }) => name)).filter((name) => !PLUGINS[name])),
]

interface Token {
  text: string
  line: number
}

/** Words by lines; a `#` at the start of a word begins a comment. */
function tokenize(text: string): Token[][] {
  return text.split('\n').map((source, index) => {
    const tokens: Token[] = []
    for (const [, quoted, plain] of source.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
      if (plain?.startsWith('#')) break
      tokens.push({ text: plain ?? (quoted ?? '').replaceAll('\\"', '"'), line: index + 1 })
    }
    return tokens
  })
}

const DEFAULT_PORT = 53

function readZone(text: string): { zone: string; port: number } {
  const [, name = '', port] = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(text) ?? []
  const lower = name.toLowerCase()
  return {
    zone: lower === '' || lower === '.' ? '.' : lower.endsWith('.') ? lower : `${lower}.`,
    port: Number(port ?? DEFAULT_PORT),
  }
}

/** @throws CorefileError */
export function parseCorefile(text: string): ServerBlock[] {
  const lines = tokenize(text).filter((line) => line.length > 0)
  const blocks: ServerBlock[] = []
  let keys: string[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as Token[]
    const opens = line.at(-1)?.text === '{'
    keys.push(...(opens ? line.slice(0, -1) : line).flatMap(({ text: word }) => word.split(',').filter(Boolean)))
    if (!opens) continue
    const { directives, next } = readDirectives(lines, index + 1)
    blocks.push({ zones: keys.map(readZone), directives })
    keys = []
    index = next
  }
  const last = lines.at(-1)?.at(-1)
  if (keys.length > 0) throw parsingError(last?.line ?? 1, `Unexpected EOF`)
  checkZones(blocks)
  return blocks
}

/** Each zone has one server. */
function checkZones(blocks: ServerBlock[]): void {
  const seen = new Set<string>()
  for (const { zones } of blocks)
    for (const { zone, port } of zones) {
      const key = `dns://${zone}:${port}`
      if (seen.has(key)) throw new CorefileError(`cannot serve ${key} - it is already defined`)
      seen.add(key)
    }
}

function readDirectives(lines: Token[][], start: number): { directives: Directive[]; next: number } {
  const directives: Directive[] = []
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] as Token[]
    const [first, ...rest] = line
    if (first?.text === '}') return { directives, next: index }
    const { text: name = '', line: number = 0 } = first ?? {}
    if (!(name in PLUGINS)) throw parsingError(number, `Unknown directive '${name}'`)
    const opens = rest.at(-1)?.text === '{'
    const args = (opens ? rest.slice(0, -1) : rest).map(({ text }) => text)
    const block = opens ? readBlock(lines, index + 1) : { inner: [], next: index }
    directives.push({ name, args, block: block.inner, line: number })
    index = block.next
  }
  throw parsingError(lines.at(-1)?.at(-1)?.line ?? 1, "Unexpected EOF, expecting '}'")
}

function readBlock(lines: Token[][], start: number): { inner: Property[]; next: number } {
  const inner: Property[] = []
  for (let index = start; index < lines.length; index++) {
    const [first, ...rest] = lines[index] as Token[]
    if (first?.text === '}') return { inner, next: index }
    inner.push({ name: first?.text ?? '', args: rest.map(({ text }) => text), line: first?.line ?? 0 })
  }
  throw parsingError(lines.at(-1)?.at(-1)?.line ?? 1, "Unexpected EOF, expecting '}'")
}
