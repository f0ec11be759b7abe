// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is nginx' own expansion
import { expect, test } from 'vitest'
import { directory, FileSystem } from '../../containers/file-system.js'
import { validate } from './directives.js'
import { modelOf } from './model.js'
import { readConfiguration } from './syntax.js'

/** What nginx says of a configuration, and what of it has no effect. */
function judged(text: string, files: Record<string, string> = {}): string[] {
  const fs = new FileSystem({
    image: directory({ etc: directory({ nginx: directory({ 'conf.d': directory() }) }) }),
    mounts: [],
    readOnlyRoot: false,
    now: () => 0,
  })
  for (const [path, data] of Object.entries({ '/etc/nginx/nginx.conf': text, ...files })) fs.write(path, data)
  const said: string[] = []
  try {
    const directives = readConfiguration(fs, '/etc/nginx/nginx.conf')
    validate(directives, 'm', (warning) => said.push(warning))
    modelOf(directives, fs)
  } catch (error) {
    said.push(error instanceof Error ? error.message : String(error))
  }
  return said
}
const server = (text: string) => `events {}\nhttp {\n  server {\n    ${text}\n  }\n}\n`
const AT = 'in /etc/nginx/nginx.conf'

test.each([
  [server('listen 80; location / { return 200 "ok"; }'), []],
  [server('lisen 80;'), [`unknown directive "lisen" ${AT}:4`]],
  [server('listen 80'), [`unexpected "}" ${AT}:5`]],
  [server('root /a\n index b;'), [`invalid number of arguments in "root" directive ${AT}:5`]],
  [server('proxy_pass http://web;'), [`"proxy_pass" directive is not allowed here ${AT}:4`]],
  [server('location / return 200;'), [`directive "location" has no opening "{" ${AT}:4`]],
  [server('listen 80 {}'), [`directive "listen" is not terminated by ";" ${AT}:4`]],
  ['events {}\nhttp {\n', [`unexpected end of file, expecting "}" ${AT}:3`]],
  ['events {}\nuser nginx', [`unexpected end of file, expecting ";" or "}" ${AT}:2`]],
  ['}', [`unexpected "}" ${AT}:1`]],
  ['http {}', ['no "events" section in configuration']],
  ['server { listen 80; }', [`"server" directive is not allowed here ${AT}:1`]],
  [server('listen 99999;'), [`invalid port in "99999" of the "listen" directive ${AT}:4`]],
  [server('listen 80 sll;'), [`invalid parameter "sll" ${AT}:4`]],
  [server('location / {} location / {}'), [`duplicate location "/" ${AT}:4`]],
  [server('return 200 $nothing;'), ['unknown "nothing" variable']],
  [server('set $mine 1; return 200 "$mine ${host} $http_x_y $arg_a";'), []],
  [server('access_log /dev/stdout long;'), [`unknown log format "long" ${AT}:4`]],
  [server('listen 443 ssl;'), [`no "ssl_certificate" is defined for the "listen ... ssl" directive ${AT}:4`]],
  ['include none.conf;', [`open() "/etc/nginx/none.conf" failed (2: No such file or directory) ${AT}:1`]],
  ['include conf.d/*.conf; events {}', []],
  [server('gzip on; keepalive_timeout 5; sendfile on;'), [`"gzip" has no effect in the simulated nginx ${AT}:4`]],
])('%j: %j', (text, said) => {
  expect(judged(text)).toEqual(said)
})

test('what is included is told of by its own name and line', () => {
  const files = { '/etc/nginx/conf.d/site.conf': '# a comment\nserver {\n  listn 80;\n}\n' }
  expect(judged('events {}\nhttp { include conf.d/*.conf; }\n', files)).toEqual([
    'unknown directive "listn" in /etc/nginx/conf.d/site.conf:3',
  ])
})
