/**
 * One network an environment, and the rules on the container engine's host that keep it to itself.
 *
 * The bridge masquerades nothing, so nothing comes back from outside. That alone would still let a packet out, or to a port of the host,
 * so rules in a table of our own drop both: they hold whatever a learner, who is root on his nodes, does to his own routes. They
 * are set by a short-lived container in the host's network, which needs no root for the server and works where the engine is elsewhere.
 */

import type { EnvironmentSpec } from '../engine.js'
import { CommandFailed } from '../step-reporter.js'
import type { ContainerCli } from './container-cli.js'
import { linesOf } from './container-cli.js'
import { LABEL, labelFlags, ofEnvironment } from './labels.js'
import { addressesNeeded, bridgeNameOf, type Layout, layoutOf, networkNameOf } from './layout.js'
import type { KindSettings } from './settings.js'
import { freeSubnet } from './subnets.js'

/** Another program may take a subnet between our look and our asking for it. */
const ATTEMPTS = 5

/** Only one look-and-take at a time in this process, so that two learners do not race for one subnet. */
let turn: Promise<unknown> = Promise.resolve()

export function createNetwork(cli: ContainerCli, spec: EnvironmentSpec, settings: KindSettings): Promise<Layout> {
  const mine = turn.then(() => takeSubnet(cli, spec, settings))
  turn = mine.catch(() => {})
  return mine
}

async function takeSubnet(cli: ContainerCli, spec: EnvironmentSpec, settings: KindSettings): Promise<Layout> {
  const taken = await usedSubnets(cli)
  for (let attempt = 1; ; attempt++) {
    const subnet = freeSubnet(settings.subnets, taken, addressesNeeded(spec))
    try {
      await cli.run(['network', 'create', ...networkFlags(cli, spec.id, subnet, settings), networkNameOf(spec.id)])
      return withBridge(cli, layoutOf(spec, subnet, settings))
    } catch (error) {
      const isTaken = error instanceof CommandFailed && /overlap|already (used|in use)/i.test(error.output)
      if (!isTaken || attempt === ATTEMPTS) throw error
      taken.push(subnet)
    }
  }
}

function networkFlags(cli: ContainerCli, id: string, subnet: string, settings: KindSettings): string[] {
  const common = ['--subnet', subnet, ...labelFlags({ [LABEL.installation]: settings.installation, [LABEL.environment]: id })]
  if (cli.program === 'podman') return common
  return [
    ...common,
    '--opt',
    `com.docker.network.bridge.name=${bridgeNameOf(id)}`,
    '--opt',
    `com.docker.network.bridge.enable_ip_masquerade=${settings.internet}`,
  ]
}

/** Podman names bridges itself, and keeps the name with the network. */
async function withBridge(cli: ContainerCli, layout: Layout): Promise<Layout> {
  if (cli.program === 'docker') return layout
  const said = await cli.run(['network', 'inspect', '--format', '{{.NetworkInterface}}', layout.network])
  return { ...layout, bridge: said.trim() }
}

async function usedSubnets(cli: ContainerCli): Promise<string[]> {
  const names = linesOf(await cli.run(['network', 'ls', '-q']))
  if (names.length === 0) return []
  const format = cli.program === 'docker' ? '{{range .IPAM.Config}}{{.Subnet}} {{end}}' : '{{range .Subnets}}{{.Subnet}} {{end}}'
  // A network that went away meanwhile is told on standard error, the others still on standard output.
  const { stdout } = await cli.ask(['network', 'inspect', '--format', format, ...names])
  return stdout.split(/\s+/).filter(Boolean)
}

/** @returns how many there were */
export async function removeNetworks(cli: ContainerCli, installation: string, id: string): Promise<number> {
  const networks = await cli.networks(ofEnvironment(installation, id))
  if (networks.length > 0) await cli.run(['network', 'rm', ...networks.map(({ name }) => name)])
  return networks.length
}

const tableOf = (id: string) => `wheelhouse_${id}`

/** Ranges that an environment with internet access still does not reach: private networks, link-local with the metadata address. */
const NEAR = '10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16'

/** The nftables script that guards one environment. Running it again replaces what it made before. */
export function guardRules(
  { id, bridge, gateway }: Pick<Layout, 'id' | 'bridge' | 'gateway'>,
  { internet, provider }: Pick<KindSettings, 'internet' | 'provider'>,
): string {
  // Refused, not swallowed: a learner's mistake, and a lookup of a name outside, fail at once and not after twenty seconds.
  const refuse = 'reject with icmpx type admin-prohibited'
  const outward = internet ? `iifname "${bridge}" ip daddr { ${NEAR} } ${refuse}` : `iifname "${bridge}" ${refuse}`
  // Podman's name server, which knows the machines, listens on the bridge; Docker's is inside each container.
  const names =
    provider === 'podman' ? `\n    iifname "${bridge}" ip daddr ${gateway} meta l4proto { tcp, udp } th dport 53 accept` : ''
  return `add table inet ${tableOf(id)}
delete table inet ${tableOf(id)}
table inet ${tableOf(id)} {
  chain forward {
    type filter hook forward priority -5; policy accept;
    iifname "${bridge}" oifname "${bridge}" accept
    iifname "${bridge}" ct state established,related accept
    ${outward}
  }
  chain input {
    type filter hook input priority -5; policy accept;
    iifname "${bridge}" ct state established,related accept${names}
    iifname "${bridge}" ${refuse}
  }
}
`
}

export const unguardRules = (ids: readonly string[]): string =>
  ids.map((id) => `add table inet ${tableOf(id)}\ndelete table inet ${tableOf(id)}\n`).join('')

/** Runs an nftables script in the network of the container engine's host. @throws CommandFailed where its kernel has no nftables */
export function applyRules(cli: ContainerCli, image: string, rules: string, installation: string): Promise<string> {
  const flags = ['--rm', '-i', '--network=host', '--cap-add=NET_ADMIN', '--entrypoint=nft', '--pids-limit=16']
  const labels = labelFlags({ [LABEL.installation]: installation })
  return cli.run(['run', ...flags, ...labels, image, '-f', '-'], { stdin: rules })
}
