/** The options of curl as they are typed: their names, and which of them have a value. */

export class UsageError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
  }
}

const LONG: Record<string, string> = {
  cacert: '--cacert',
  data: 'd',
  'data-ascii': 'd',
  'data-binary': '--data-binary',
  'data-raw': '--data-raw',
  'data-urlencode': '--data-urlencode',
  fail: 'f',
  get: 'G',
  head: 'I',
  header: 'H',
  include: 'i',
  'show-headers': 'i',
  insecure: 'k',
  json: '--json',
  location: 'L',
  'max-time': 'm',
  'no-buffer': 'N',
  output: 'o',
  'remote-name': 'O',
  request: 'X',
  'show-error': 'S',
  silent: 's',
  user: 'u',
  'user-agent': 'A',
  verbose: 'v',
  version: 'V',
  'write-out': 'w',
  url: '--url',
  cookie: 'b',
  referer: 'e',
  ipv4: '4',
  'connect-timeout': '--connect-timeout',
  retry: '--retry',
  resolve: '--resolve',
  'max-redirs': '--max-redirs',
  'fail-with-body': '--fail-with-body',
  'retry-connrefused': '--retry-connrefused',
  'retry-all-errors': '--retry-all-errors',
  'no-progress-meter': '--no-progress-meter',
  'http1.1': '--flag',
  compressed: '--compressed',
  'no-keepalive': '--flag',
  noproxy: '--ignored',
  'retry-delay': '--retry-delay',
  'retry-max-time': '--retry-max-time',
  'keepalive-time': '--ignored',
  globoff: 'g',
  'path-as-is': '--flag',
  'tcp-nodelay': '--flag',
  'oauth2-bearer': '--bearer',
  tlsv1: '1',
  'tlsv1.0': '--tlsv1.0',
  'tlsv1.1': '--tlsv1.1',
  'tlsv1.2': '--tlsv1.2',
  'tlsv1.3': '--tlsv1.3',
  'tls-max': '--tls-max',
}
/** Of those, the ones with a value. */
const VALUED = new Set([
  '--cacert',
  'd',
  '--data-binary',
  '--data-raw',
  '--data-urlencode',
  'H',
  '--json',
  'm',
  'o',
  'X',
  'u',
  'A',
  'w',
  '--url',
  'b',
  'e',
  '--connect-timeout',
  '--retry',
  '--retry-delay',
  '--retry-max-time',
  '--resolve',
  '--max-redirs',
  '--ignored',
  '--bearer',
  '--tls-max',
])
const FLAGS = new Set(['1', 'f', 'G', 'I', 'i', 'k', 'L', 'N', 'O', 'S', 's', 'v', 'V', '4', 'g', '#'])

/** The options in order, each with its value. @throws UsageError */
export function* words(args: string[]): Generator<[string, string]> {
  const rest = [...args]
  const value = (name: string): string => {
    const next = rest.shift()
    if (next === undefined) throw new UsageError(2, `option ${name}: requires parameter`)
    return next
  }
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg.startsWith('--') && arg.length > 2) {
      const name = LONG[arg.slice(2)]
      if (!name) throw new UsageError(2, `option ${arg}: is unknown`)
      yield [name, VALUED.has(name) ? value(arg) : '']
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let index = 1; index < arg.length; index++) {
        const letter = arg[index] ?? ''
        if (VALUED.has(letter)) {
          yield [letter, arg.slice(index + 1) || value(`-${letter}`)]
          break
        }
        if (!FLAGS.has(letter)) throw new UsageError(2, `option ${arg}: is unknown`)
        yield [letter, '']
      }
    } else yield ['--url', arg]
  }
}
