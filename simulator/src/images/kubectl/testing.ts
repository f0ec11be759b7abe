/** For tests of kubectl in a Pod: one with it, whose ServiceAccount may edit its namespace. */
import type { NetworkCluster } from '../../network/testing.js'

/** @returns what a line of kubectl prints, after its code where that is not 0; `seconds` pass meanwhile */
export async function kubectlDesk(net: NetworkCluster): Promise<(words: string, seconds?: number) => Promise<string>> {
  net.cluster.addImage('bitnami/kubectl:latest')
  const desk = { name: 'main', image: 'bitnami/kubectl', command: ['sleep', 'infinity'], imagePullPolicy: 'IfNotPresent' }
  await net.create('Pod', 'desk', {
    metadata: { name: 'desk', namespace: 'default', labels: { app: 'desk' } },
    spec: { containers: [desk] },
  })
  await mayEdit(net)
  await net.pass(3)
  return async (words, seconds = 1) => {
    const { stdout, stderr, code } = await net.run('desk', `kubectl ${words}`, seconds)
    return code === 0 ? `${stdout}${stderr}` : `${code} ${stderr}${stdout}`
  }
}

export async function mayEdit(net: NetworkCluster): Promise<void> {
  const bindings = net.cluster.server.context.resources.find('rbac.authorization.k8s.io', 'v1', 'rolebindings')
  if (!bindings) throw new Error('RoleBindings are not served')
  await net.client.create(bindings, {
    metadata: { name: 'desk', namespace: 'default' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
  } as never)
  await net.pass(1)
}
