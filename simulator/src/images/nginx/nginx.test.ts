import { once } from 'node:events'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { selfSigned } from '../../access/certificates.js'
import { fromBytes } from '../../containers/stream.js'
import { type NetworkCluster, networkCluster } from '../../network/testing.js'
import { toDuplex } from '../../network/tls/bytes.js'

let net: NetworkCluster
beforeAll(async () => {
  net = await networkCluster()
  net.cluster.addImage('nginx:1.28')
  await net.caller('caller')
})
afterAll(async () => {
  await net.close()
  expect(net.errors).toEqual([])
})

/** A Pod of nginx with files of a ConfigMap in a folder, or in the place of one file. */
async function start(name: string, path: string, data: Record<string, string>, more: object[] = []): Promise<string> {
  await net.create('ConfigMap', name, { data } as never)
  const [first = ''] = Object.keys(data)
  const mount = path.endsWith('.conf') ? { name: 'conf', mountPath: path, subPath: first } : { name: 'conf', mountPath: path }
  const container = { name: 'main', image: 'nginx:1.28', imagePullPolicy: 'IfNotPresent', volumeMounts: [mount, ...more] }
  const volumes = [
    { name: 'conf', configMap: { name } },
    { name: 'logs', emptyDir: {} },
  ]
  await net.create('Pod', name, {
    spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container], volumes },
  } as never)
  await net.pass(3)
  return (await net.get('Pod', name)).status?.podIP ?? ''
}
async function logs(name: string): Promise<string> {
  let text = ''
  const options = { container: 'main', follow: false, previous: false, timestamps: false }
  await net.cluster.connections.logs(
    await net.get('Pod', name),
    options,
    (more) => {
      text += fromBytes(more)
    },
    new AbortController().signal,
  )
  return text
}
const call = async (command: string) => (await net.run('caller', command, 3)).stdout

const CONF = `events { worker_connections 1024; }
http {
  upstream pods { server 127.0.0.1:8081; server 127.0.0.1:8082 backup; }
  map $arg_kind $answer { default plain; ~^v(?<number>[0-9]+)$ "version $number"; }
  server {
    listen 80 default_server;
    server_name _;
    error_page 404 /missing.html;
    add_header X-Served-By $hostname always;
    location = /health { access_log off; return 200 "healthy\\n"; }
    location /old/ { rewrite ^/old/(.*)$ /new/$1 permanent; }
    location /new/ { default_type text/plain; return 200 "new $uri $answer\\n"; }
    location ~* \\.php$ { deny all; }
    location /api/ { proxy_pass http://pods/; proxy_set_header X-Real-IP $remote_addr; }
    location /gone { return 410; }
    location = /missing.html { internal; return 200 "nothing here\\n"; }
    location / { root /usr/share/nginx/html; try_files $uri $uri/ =404; }
  }
  server { listen 80; server_name shop.example.com *.shop.example.com; return 301 https://$host$request_uri; }
  server { listen 127.0.0.1:8082; location / { return 200 "from $http_x_real_ip $request_uri\\n"; } }
}
`

test('an nginx.conf of a ConfigMap: servers by name, locations, redirects, upstreams, error pages', async () => {
  const ip = await start('own', '/etc/nginx/nginx.conf', { 'nginx.conf': CONF })
  expect(await call(`curl -s http://${ip}/health`)).toBe('healthy\n')
  expect(await call(`curl -s http://${ip}/`)).toContain('Welcome to nginx!')
  expect(await call(`curl -si http://${ip}/old/a?b=1 | grep -iE '^(HTTP|location|x-served)' | tr -d '\\r'`)).toBe(
    `HTTP/1.1 301 Moved Permanently\nLocation: http://${ip}/new/a?b=1\nX-Served-By: own\n`,
  )
  expect(await call(`curl -s 'http://${ip}/new/x?kind=v7'; curl -s http://${ip}/new/`)).toBe(
    'new /new/x version 7\nnew /new/ plain\n',
  )
  expect(await call(`curl -s -o /dev/null -o /dev/null -w '%{http_code} ' http://${ip}/a.PHP http://${ip}/gone`)).toBe('403 410 ')
  expect(
    await call(`curl -s -w '%{http_code}' http://${ip}/none; curl -s -o /dev/null -w '%{http_code}' http://${ip}/missing.html`),
  ).toBe('nothing here\n404404')
  expect(await call(`curl -s http://${ip}/api/list?all=1`)).toMatch(/^from [\d.]+ \/list\?all=1\n$/)
  expect(await call(`curl -s -o /dev/null -w '%{redirect_url}' -H 'Host: www.shop.example.com' http://${ip}/cart`)).toBe(
    'https://www.shop.example.com/cart',
  )
  const log = await logs('own')
  expect(log).toContain('[error] 1#1: connect() failed (111: Connection refused) while connecting to upstream, client: ')
  expect(log).toMatch(/[\d.]+ - - \[01\/Jan\/2026:[\d:]+ \+0000\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "curl\/8\.15\.0"\n/)
  expect(log).not.toContain('/health')
})

test('what is wrong ends the container, in the words of nginx', async () => {
  await start('typo', '/etc/nginx/conf.d', { 'default.conf': 'server {\n  listen 80;\n  server_nam x;\n}\n' })
  const { status } = await net.get('Pod', 'typo')
  expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(1)
  expect(await logs('typo')).toContain('nginx: [emerg] unknown directive "server_nam" in /etc/nginx/conf.d/default.conf:3\n')
  await start('lost', '/etc/nginx/conf.d', { 'default.conf': 'server { location / { proxy_pass http://nobody:80; } }' })
  expect(await logs('lost')).toContain('nginx: [emerg] host not found in upstream "nobody" in /etc/nginx/conf.d/default.conf:1\n')
})

test('ssl shows the certificate, and tells plain requests so; nginx -t and -s reload', async () => {
  const { certificatePem, keyPem } = await selfSigned(
    { commonName: 'web.test', organizations: [], hosts: ['web.test'] },
    net.cluster.clock,
  )
  const conf =
    'server { listen 443 ssl; ssl_certificate conf.d/tls.crt; ssl_certificate_key /etc/nginx/conf.d/tls.key; return 200 "$scheme\\n"; }'
  const ip = await start('tls', '/etc/nginx/conf.d', {
    'default.conf': conf,
    'tls.crt': certificatePem,
    'tls.key': keyPem,
  })
  expect(await call(`curl -sk --resolve web.test:443:${ip} https://web.test/; curl -s http://${ip}:443/`)).toMatch(
    /^https\n[\s\S]*The plain HTTP request was sent to HTTPS port/,
  )
  expect((await net.run('tls', 'nginx -t 2>&1; nginx -s reload; nginx -Z 2>&1', 3)).stdout).toBe(
    'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\nnginx: invalid option: "Z"\n',
  )
})

test('ssl_protocols decides which clients are answered', async () => {
  const pair = await selfSigned({ commonName: 'web.test', organizations: [], hosts: ['web.test'] }, net.cluster.clock)
  const serving = (name: string, versions: string) =>
    start(name, '/etc/nginx/conf.d', {
      'default.conf': `server { listen 443 ssl; ssl_certificate conf.d/tls.crt; ssl_certificate_key conf.d/tls.key; ssl_protocols ${versions}; return 200 "$ssl_protocol\\n"; }`,
      'tls.crt': pair.certificatePem,
      'tls.key': pair.keyPem,
    })
  const [newest, old] = [await serving('newest', 'TLSv1.3'), await serving('old', 'TLSv1.1 TLSv1.2')]
  expect(await call(`curl -sk https://${newest}/; curl -sk --tlsv1.2 https://${old}/`)).toBe('TLSv1.3\nTLSv1.2\n')
  const refused = await net.run('caller', `curl -sSkv --tls-max 1.2 https://${newest}/`, 3)
  expect(refused.code).toBe(35)
  expect(refused.stderr).toContain(
    '* TLSv1.2 (IN), TLS alert, protocol version (582):\ncurl: (35) TLS connect error: error:0A00042E:SSL routines::tlsv1 alert protocol version\n',
  )
  expect((await net.run('caller', `curl -sSkv --tlsv1.3 https://${old}/`, 3)).code).toBe(35)
  // A real program, as of the learner's workstation.
  const connection = await net.fabric.dial({ address: newest, port: 443 }, new AbortController().signal)
  const socket = connect({ socket: toDuplex(connection) as never, rejectUnauthorized: false, maxVersion: 'TLSv1.2' })
  await expect(once(socket, 'secureConnect')).rejects.toThrow('alert protocol version')
  expect((await net.run('caller', `curl -sSkv https://${old}/`, 3)).stderr).toContain('SSL connection using TLSv1.2 / ')
  expect((await net.run('caller', `curl -sSk --tls-max 1.1 https://${old}/`, 3)).stderr).toContain('no protocols available')
  expect((await net.run('caller', `curl -sSk --tls-max 1.9 https://${old}/`, 3)).stderr).toContain(
    '--tls-max: is badly used here',
  )
})

test('the access log goes where the folder of logs is mounted', async () => {
  const conf = 'server { listen 80; return 200 ok; }'
  const ip = await start('logging', '/etc/nginx/conf.d', { 'default.conf': conf }, [
    { name: 'logs', mountPath: '/var/log/nginx' },
  ])
  await call(`wget -qO- http://${ip}/seen`)
  expect((await net.run('logging', 'cat /var/log/nginx/access.log', 3)).stdout).toMatch(
    /^[\d.]+ - - \[\d\d\/\w+\/\d{4}:[\d:]+ \+0000\] "GET \/seen HTTP\/1\.1" 200 2 "-" "Wget" "-"\n$/,
  )
  expect(await logs('logging')).not.toContain('/seen')
})
