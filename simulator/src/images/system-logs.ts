/** What the cluster's own Pods say as they begin: the lines by which people see that a part of the cluster is up. */

import type { Machine } from '../containers/process.js'
import { VERSION } from '../version.js'

/** Severity, the line of the source as the real program names it, and what is said. */
type Line = [severity: 'I' | 'W' | 'E', source: string, message: string]

const { gitVersion } = VERSION
const serving = (address: string): Line => ['I', 'secure_serving.go:214', `Serving securely on ${address}`]
const elected = (name: string): Line[] => [
  ['I', 'leaderelection.go:258', `"Attempting to acquire leader lease..." lock="kube-system/${name}"`],
  ['I', 'leaderelection.go:272', `"Successfully acquired lease" lock="kube-system/${name}"`],
]

const LINES: Record<string, (address: string) => Line[]> = {
  'kube-apiserver': (address) => [
    ['I', 'options.go:263', `external host was not specified, using ${address}`],
    ['I', 'server.go:150', `Version: ${gitVersion}`],
    serving('[::]:6443'),
  ],
  'kube-controller-manager': () => [
    ['I', 'controllermanager.go:204', `"Starting" version="${gitVersion}"`],
    serving('127.0.0.1:10257'),
    ...elected('kube-controller-manager'),
  ],
  'kube-scheduler': () => [
    ['I', 'server.go:178', `"Starting Kubernetes Scheduler" version="${gitVersion}"`],
    serving('127.0.0.1:10259'),
    ...elected('kube-scheduler'),
  ],
  'kube-proxy': (address) => [
    ['I', 'server.go:228', `"Successfully retrieved NodeIPs" NodeIPs=["${address}"]`],
    ['I', 'server.go:276', '"kube-proxy running in single-stack mode" ipFamily="IPv4"'],
    ['I', 'server_linux.go:137', '"Using iptables Proxier"'],
    ['I', 'server.go:539', `"Version info" version="${gitVersion}"`],
    ['I', 'shared_informer.go:388', '"Caches are synced" controller="endpoint slice config"'],
    ['I', 'shared_informer.go:388', '"Caches are synced" controller="service config"'],
  ],
  kindnetd: (address) => [
    ['I', 'main.go:139', `hostIP = ${address}\npodIP = ${address}`],
    ['I', 'main.go:178', 'kindnetd IP family: "ipv4"'],
  ],
  'local-path-provisioner': () => [
    ['I', 'controller.go:824', '"Starting provisioner controller" component="rancher.io/local-path"'],
  ],
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `I1128 10:20:18.770611       1 server.go:150] Version: v1.36.2`. @see k8s.io/klog/v2: header */
function klog(at: Date, [severity, source, message]: Line): string {
  const micros = String(at.getUTCMilliseconds() * 1000).padStart(6, '0')
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${micros}`
  return `${severity}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())} ${time}       1 ${source}] ${message}\n`
}

function etcd(at: Date, address: string): string {
  const line = (caller: string, msg: string, more: object = {}) =>
    `${JSON.stringify({ level: 'info', ts: at.toISOString().replace('Z', '000Z'), caller, msg, ...more })}\n`
  const serves = (host: string) =>
    line('embed/serve.go:283', 'serving client traffic securely', { traffic: 'grpc+http', address: `${host}:2379` })
  return [
    line('etcdmain/etcd.go:124', 'Initialize and start etcd server', { 'data-dir': '/var/lib/etcd', 'dir-type': 'member' }),
    line('embed/serve.go:138', 'ready to serve client requests'),
    serves(address),
    serves('127.0.0.1'),
  ].join('')
}

/** All that `program` says; empty for one that says nothing. */
export function firstWords(program: string, { clock, network }: Pick<Machine, 'clock' | 'network'>): string {
  const at = new Date(clock.now())
  if (program === 'etcd') return etcd(at, network.address)
  return (LINES[program]?.(network.address) ?? []).map((line) => klog(at, line)).join('')
}
