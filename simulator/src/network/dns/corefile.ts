/** Reads a Corefile: server blocks with the directives of their plugins. @see https://coredns.io/manual/configuration/ */

export interface Directive {
  name: string
  args: string[]
  /** The lines of its braces. */
  block: string[][]
  line: number
}

export interface ServerBlock {
  /** Zones with the last dot, and the port of each. */
  zones: { zone: string; port: number }[]
  directives: Directive[]
}

export class CorefileError extends Error {
  constructor(line: number, problem: string) {
    super(`/etc/coredns/Corefile:${line} - Error during parsing: ${problem}`)
  }
}

/** Plugins of the CoreDNS that Kubernetes ships; `true` where the simulated one does what it says. */
const PLUGINS: Record<string, boolean> = {
  acl: false,
  any: true,
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
  whoami: true,
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
  if (keys.length > 0) throw new CorefileError(last?.line ?? 1, `Unexpected EOF`)
  return blocks
}

function readDirectives(lines: Token[][], start: number): { directives: Directive[]; next: number } {
  const directives: Directive[] = []
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] as Token[]
    const [first, ...rest] = line
    if (first?.text === '}') return { directives, next: index }
    const { text: name = '', line: number = 0 } = first ?? {}
    if (!(name in PLUGINS)) throw new CorefileError(number, `Unknown directive '${name}'`)
    const opens = rest.at(-1)?.text === '{'
    const args = (opens ? rest.slice(0, -1) : rest).map(({ text }) => text)
    const block = opens ? readBlock(lines, index + 1) : { inner: [], next: index }
    directives.push({ name, args, block: block.inner, line: number })
    index = block.next
  }
  throw new CorefileError(lines.at(-1)?.at(-1)?.line ?? 1, "Unexpected EOF, expecting '}'")
}

function readBlock(lines: Token[][], start: number): { inner: string[][]; next: number } {
  const inner: string[][] = []
  for (let index = start; index < lines.length; index++) {
    const words = (lines[index] as Token[]).map(({ text }) => text)
    if (words[0] === '}') return { inner, next: index }
    inner.push(words)
  }
  throw new CorefileError(lines.at(-1)?.at(-1)?.line ?? 1, "Unexpected EOF, expecting '}'")
}
