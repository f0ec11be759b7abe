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

/**
 * Waits after a restart: conditions of before the stop still say Ready, so each node's lease must have been renewed since the boot.
 */
export const waitStartedScript = (nodes: number, seconds: number) => `
export KUBECONFIG=/etc/kubernetes/admin.conf
since=$(date -u -d "@$(stat -c %Y /proc/1)" +%Y-%m-%dT%H:%M:%S)
deadline=$(($(date +%s) + ${seconds}))
fresh() {
  kubectl get leases -n kube-node-lease -o jsonpath='{range .items[*]}{.spec.renewTime}{"\\n"}{end}' 2>/dev/null |
    awk -v since="$since" '$0 > since { fresh++ } END { exit fresh < ${nodes} }'
}
until fresh; do
  [ "$(date +%s)" -lt "$deadline" ] || { kubectl get nodes; kubectl get leases -n kube-node-lease; exit 1; }
  sleep 0.3
done
kubectl wait --for=condition=Ready node --all --timeout="$((deadline - $(date +%s)))s"
`
