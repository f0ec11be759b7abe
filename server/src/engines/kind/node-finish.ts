/** What a node gets when its cluster stands: kubeconfigs where the exam has them, and a pristine copy for resets. */
import { shellWords } from '../step-reporter.js'
import type { PlannedContainer } from './layout.js'

const putCandidateKubeconfig = (kubeconfig: string) => `
install -o candidate -g candidate -m 0600 /dev/null /home/candidate/.kube/config
printf '%s' ${shellWords([kubeconfig])} >/home/candidate/.kube/config
`

const PRISTINE = `
ln -sfn /etc/kubernetes/admin.conf /root/.kube/config
/usr/local/sbin/wheelhouse-pristine
`

/** The script for one container of a cluster; null where there is nothing to do. */
export function finishScript(planned: PlannedContainer, learnerKubeconfig: string): string | null {
  switch (planned.role) {
    case 'base':
      return putCandidateKubeconfig(learnerKubeconfig)
    case 'control-plane':
      return putCandidateKubeconfig(learnerKubeconfig) + PRISTINE
    case 'worker':
      return '/usr/local/sbin/wheelhouse-pristine'
    case 'bare':
    case 'load-balancer':
      return null
  }
}

/** Waits on a control plane until every node is Ready; fails after `seconds`. Woken by the watch, not by a clock. */
export const waitReadyScript = (nodes: number, seconds: number) => `
export KUBECONFIG=/etc/kubernetes/admin.conf
deadline=$(($(date +%s) + ${seconds}))
until [ "$(kubectl get nodes -o name 2>/dev/null | wc -l)" -ge ${nodes} ]; do
  [ "$(date +%s)" -lt "$deadline" ] || { kubectl get nodes; exit 1; }
  sleep 0.2
done
kubectl wait --for=condition=Ready node --all --timeout="$((deadline - $(date +%s)))s"
`

/** Waits until a machine's systemd has started all that it starts at a boot. What failed then may be the learner's own doing. */
export const BOOTED_SCRIPT = `
for attempt in $(seq 300); do
  case $(systemctl is-system-running 2>/dev/null) in running | degraded) exit 0 ;; esac
  sleep 0.2
done
systemctl list-jobs
exit 1
`

/** Names of the nodes whose lease was renewed after \`$since\`. */
const FRESH_NODES = `
fresh() {
  kubectl get leases -n kube-node-lease --request-timeout=3s \\
    -o jsonpath='{range .items[*]}{.spec.renewTime} {.metadata.name}{"\\n"}{end}' 2>/dev/null | awk -v since="$since" '$1 > since { print $2 }'
}
`

/** Says \`answers\` where the API server does, then the nodes that are Ready, whose kubelet spoke within its last two beats. */
export const STANDING_SCRIPT = `
export KUBECONFIG=/etc/kubernetes/admin.conf
since=$(date -u -d '25 seconds ago' +%Y-%m-%dT%H:%M:%S)
${FRESH_NODES}
kubectl get --raw /readyz --request-timeout=3s >/dev/null 2>&1 || exit 0
echo answers
for node in $(fresh); do
  ready=$(kubectl get node "$node" --request-timeout=3s -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null) || continue
  [ "$ready" != True ] || echo "$node"
done
`

/**
 * Waits after a restart until the API server answers and these nodes are Ready: conditions of before the stop still say so, hence
 * each one's lease must have been renewed since the boot.
 */
export const waitStartedScript = (nodes: readonly string[], seconds: number) => `
export KUBECONFIG=/etc/kubernetes/admin.conf
since=$(date -u -d "@$(stat -c %Y /proc/1)" +%Y-%m-%dT%H:%M:%S)
deadline=$(($(date +%s) + ${seconds}))
${FRESH_NODES}
back() {
  kubectl get --raw /readyz --request-timeout=3s >/dev/null 2>&1 || return 1
  now=$(fresh)
  for node in ${nodes.join(' ')}; do echo "$now" | grep -qxF "$node" || return 1; done
}
until back; do
  [ "$(date +%s)" -lt "$deadline" ] || { kubectl get nodes; kubectl get leases -n kube-node-lease; exit 1; }
  sleep 0.3
done
${nodes.length === 0 ? '' : `kubectl wait --for=condition=Ready ${nodes.map((node) => `node/${node}`).join(' ')} --timeout="$((deadline - $(date +%s)))s"`}
`
