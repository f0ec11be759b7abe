/**
 * kind has no flag for labels, static addresses, bounds, aliases or host names. Its seam is the `docker` program that it calls: we
 * give it a PATH whose only folder holds this script, which adds to `docker run` what the layout says and passes all else on.
 *
 * The folder belongs to one provisioning. Where it is gone (the environment was destroyed meanwhile) kind finds no `docker` and
 * makes nothing more.
 */
import { basename, dirname } from 'node:path/posix'
import { shellWords } from '../step-reporter.js'
import { LABEL, labelFlags } from './labels.js'
import type { PlannedContainer } from './layout.js'

interface FlagParts {
  installation: string
  environment: string
  /** Address of the name server for all that the container engine does not know; null for the engine's own. */
  dns: string | null
}

interface ShimParts extends FlagParts {
  /** Absolute path of the real program on the host. */
  program: string
  containers: PlannedContainer[]
}

export function shimScript({ program, containers, ...of }: ShimParts): string {
  const cases = containers.map((planned) => {
    const flags = shellWords(runFlags(planned, of))
    return `  ${planned.container}) hostname=${planned.machine}; set -- ${flags} "$@" ;;`
  })
  return `#!/bin/sh
# Written by Wheelhouse for one environment; see engines/kind/kind-shim.ts.
real=${shellWords([program])}
# kind's PATH holds nothing but this; Podman looks there for programs of its own.
export PATH=${shellWords([dirname(program)])}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# What kind makes for Podman before a node, for its /var: nothing else of it says whose it is.
[ "\${1-} \${2-}" = 'volume create' ] && shift 2 && exec "$real" volume create ${shellWords(environmentLabels(of))} "$@"
[ "\${1-}" = run ] || exec "$real" "$@"
shift
name= previous=
for argument in "$@"; do
  [ "$previous" = --name ] && name=$argument
  previous=$argument
done
hostname= previous= left=$#
case $name in
${cases.join('\n')}
  *) echo "wheelhouse: container $name is not in the layout" >&2; exit 1 ;;
esac
# kind's own host name and restart policy stand later in the line and would win: put ours in their place.
left=$#
while [ "$left" -gt 0 ]; do
  argument=$1; shift
  left=$((left - 1))
  case $argument in --restart=*) continue ;; esac
  [ "$previous" = --hostname ] && argument=$hostname
  # It would be set for every user of the node, and only root may read that file; kind itself names it in each command.
  [ "$argument" = KUBECONFIG=/etc/kubernetes/admin.conf ] && argument=container=${basename(program)}
  previous=$argument
  set -- "$@" "$argument"
done
exec "$real" run --restart=unless-stopped "$@"
`
}

const environmentLabels = ({ installation, environment }: FlagParts): string[] =>
  labelFlags({ [LABEL.installation]: installation, [LABEL.environment]: environment })

/** Flags of \`docker run\` for one container of the layout, apart from what makes it a node. */
export function runFlags(planned: PlannedContainer, of: FlagParts): string[] {
  const { memoryBytes, cpus, processes } = planned.bounds
  return [
    ...environmentLabels(of),
    ...labelFlags({ [LABEL.machine]: planned.machine, [LABEL.role]: planned.role }),
    `--ip=${planned.address}`,
    `--network-alias=${planned.machine}`,
    `--memory=${memoryBytes}`,
    // The same bound: no swap on top.
    `--memory-swap=${memoryBytes}`,
    `--cpus=${cpus}`,
    `--pids-limit=${processes}`,
    // As kind does for its nodes: what a proxy keeps there of its life before a restart must not stand for this one.
    ...(planned.role === 'load-balancer' ? ['--tmpfs=/tmp'] : []),
    ...(of.dns ? [`--dns=${of.dns}`] : []),
  ]
}
