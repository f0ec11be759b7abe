/** The `base` workstation and the keys by which a learner gets from machine to machine without a prompt. */
import { shellWords } from '../step-reporter.js'
import type { ContainerCli } from './container-cli.js'
import { runFlags } from './kind-shim.js'
import type { Layout, PlannedContainer } from './layout.js'
import type { KindSettings } from './settings.js'

export interface EnvironmentKeys {
  /** OpenSSH texts. */
  learnerPrivate: string
  learnerPublic: string
  hostPrivate: string
  hostPublic: string
}

/**
 * What every container of an environment is run with. Without the internet, `base` answers for all names outside: there are none. Not
 * under Podman, where a name server that is named takes the place of the network's own, which knows the machines.
 */
export const flagsOf = (layout: Layout, settings: KindSettings) => ({
  installation: settings.installation,
  environment: layout.id,
  dns: settings.internet || settings.provider === 'podman' ? null : layout.base.address,
})

/** Starts `base`. It is ready at once: its ssh server waits for the keys. */
export async function startBase(cli: ContainerCli, layout: Layout, settings: KindSettings, image: string): Promise<void> {
  const { base } = layout
  const flags = [
    '-d',
    '--init',
    `--name=${base.container}`,
    `--hostname=${base.machine}`,
    `--network=${layout.network}`,
    '--restart=unless-stopped',
    '--stop-signal=SIGTERM',
    '--entrypoint=/usr/local/sbin/wheelhouse-base',
    ...runFlags(base, flagsOf(layout, settings)),
  ]
  await cli.run(['run', ...flags, image])
}

/** A machine with kubeadm and the kubelet that has joined no cluster: what kind makes for a node, without its label. */
export async function startBareNode(
  cli: ContainerCli,
  planned: PlannedContainer,
  layout: Layout,
  of: { image: string; settings: KindSettings },
) {
  const flags = [
    '-d',
    '--tty',
    `--name=${planned.container}`,
    `--hostname=${planned.machine}`,
    `--network=${layout.network}`,
    '--restart=unless-stopped',
    '--init=false',
    '--privileged',
    '--cgroupns=private',
    '--security-opt=seccomp=unconfined',
    '--security-opt=apparmor=unconfined',
    '--tmpfs=/tmp',
    '--tmpfs=/run',
    '--volume=/var',
    '--volume=/lib/modules:/lib/modules:ro',
    ...runFlags(planned, flagsOf(layout, of.settings)),
  ]
  await cli.run(['run', ...flags, of.image])
}

/** The machines that a learner goes to by ssh. */
export const machineNames = (layout: Layout) =>
  [layout.base, ...layout.clusters.flatMap(({ containers }) => containers)]
    .filter(({ role }) => role !== 'load-balancer')
    .map(({ machine }) => machine)

const KEYS = `
cd "$(mktemp -d)"
ssh-keygen -q -t ed25519 -N '' -C candidate@base -f learner
ssh-keygen -q -t ed25519 -N '' -C wheelhouse -f host
for part in learner learner.pub host host.pub; do cat "$part"; echo =====; done
rm -rf "$PWD"
`

/** New keys, made in the container, for there need be no ssh-keygen where the server runs. */
export async function makeKeys(cli: ContainerCli, container: string): Promise<EnvironmentKeys> {
  const [learnerPrivate = '', learnerPublic = '', hostPrivate = '', hostPublic = ''] = (await cli.script(container, KEYS)).split(
    '=====\n',
  )
  return { learnerPrivate, learnerPublic: learnerPublic.trim(), hostPrivate, hostPublic: hostPublic.trim() }
}

/** The container's systemd may still be coming up: it is asked until it hears. */
const START_SSH =
  'for attempt in $(seq 300); do systemctl start --no-block ssh.service 2>/dev/null && exit 0; sleep 0.1; done; systemctl start ssh.service'

/** The script that gives a machine its keys. Every machine of an environment has the same host key: one learner, one trust. */
export function keysScript(keys: EnvironmentKeys, machines: readonly string[], isBase: boolean): string {
  const write = (path: string, mode: string, text: string) =>
    `install -m ${mode} /dev/null ${path}; printf '%s\\n' ${shellWords([text.trimEnd()])} >${path}`
  return [
    write('/etc/ssh/ssh_host_ed25519_key.pub', '0644', keys.hostPublic),
    write('/etc/ssh/ssh_known_hosts', '0644', `${machines.join(',')} ${keys.hostPublic}`),
    'ssh=/home/candidate/.ssh',
    write('$ssh/authorized_keys', '0600', keys.learnerPublic),
    ...(isBase
      ? [write('$ssh/id_ed25519', '0600', keys.learnerPrivate), write('$ssh/id_ed25519.pub', '0644', keys.learnerPublic)]
      : []),
    'chown -R candidate:candidate $ssh',
    // Last: the ssh server of base waits for this file.
    write('/etc/ssh/.host_key', '0600', keys.hostPrivate),
    'mv /etc/ssh/.host_key /etc/ssh/ssh_host_ed25519_key',
    ...(isBase ? [] : [START_SSH]),
  ].join('\n')
}
