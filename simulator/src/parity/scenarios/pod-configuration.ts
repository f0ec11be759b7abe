import { documents, manifest, pod, podSpec, shell, sleeper } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

const ready = (name: string) => until(`wait --for=condition=Ready pod/${name} --timeout=60s`)
const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
const resource = (name: string, of: string, more = {}) => ({ name, valueFrom: { resourceFieldRef: { resource: of, ...more } } })
const DATA = documents(
  manifest('v1', 'ConfigMap', {
    metadata: { name: 'settings' },
    data: { mode: 'dark', 'ui.size': '10', 'note.txt': 'first\nsecond\n' },
  }),
  manifest('v1', 'Secret', { metadata: { name: 'keys' }, stringData: { user: 'ann', password: 's3cret' } }),
)

export const podConfiguration = [
  scenario(
    'configuration: the environment of a container',
    file('data.json', DATA),
    kubectl('create -f data.json'),
    file(
      'env.json',
      pod(
        'env',
        podSpec(
          shell('sleep 9999', {
            resources: { requests: { cpu: '250m', memory: '8Mi' }, limits: { memory: '16Mi' } },
            env: [
              { name: 'FIRST', value: 'one' },
              { name: 'SECOND', value: '$(FIRST)-two $$(FIRST) $(NONE)' },
              { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
              { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'keys', key: 'password' } } },
              { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'none', key: 'none', optional: true } } },
              field('NAME', 'metadata.name'),
              field('SPACE', 'metadata.namespace'),
              field('TIER', "metadata.labels['tier']"),
              field('ACCOUNT', 'spec.serviceAccountName'),
              resource('CPU', 'requests.cpu', { divisor: '1m' }),
              resource('CORES', 'requests.cpu'),
              resource('MEMORY', 'limits.memory', { divisor: '1Mi' }),
              resource('BYTES', 'limits.memory'),
            ],
            envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'SET_' }, { secretRef: { name: 'keys' } }],
          }),
        ),
        { labels: { tier: 'front' } },
      ),
    ),
    kubectl('create -f env.json'),
    ready('env'),
    ...[
      'FIRST',
      'SECOND',
      'MODE',
      'PASSWORD',
      'MAYBE',
      'NAME',
      'SPACE',
      'TIER',
      'ACCOUNT',
      'CPU',
      'CORES',
      'MEMORY',
      'BYTES',
      'SET_mode',
      'SET_ui.size',
      'user',
    ].map((name) => kubectl(`exec env -- printenv ${name}`)),
    kubectl('exec env -- sh -c "echo $KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT $KUBERNETES_PORT"'),
    kubectl('describe pod env'),
    kubectl('set env pod/env --list'),
    kubectl('get events --field-selector involvedObject.name=env,reason=InvalidVariableNames -o name'),
  ),
  scenario(
    'configuration: files from everywhere',
    file('data.json', DATA),
    kubectl('create -f data.json'),
    file(
      'files.json',
      pod(
        'files',
        podSpec(
          sleeper({
            resources: { limits: { cpu: '100m', memory: '16Mi' } },
            volumeMounts: [
              { name: 'settings', mountPath: '/settings' },
              { name: 'settings', mountPath: '/one/mode', subPath: 'mode' },
              { name: 'some', mountPath: '/some', readOnly: true },
              { name: 'keys', mountPath: '/keys' },
              { name: 'self', mountPath: '/self' },
              { name: 'all', mountPath: '/all' },
              { name: 'scratch', mountPath: '/scratch' },
              { name: 'scratch', mountPath: '/inner', subPathExpr: 'of-$(NAME)' },
              { name: 'host', mountPath: '/host' },
            ],
            env: [field('NAME', 'metadata.name')],
          }),
          {
            volumes: [
              { name: 'settings', configMap: { name: 'settings' } },
              { name: 'some', configMap: { name: 'settings', items: [{ key: 'mode', path: 'deep/mode.conf', mode: 0o400 }] } },
              { name: 'keys', secret: { secretName: 'keys', defaultMode: 0o440 } },
              {
                name: 'self',
                downwardAPI: {
                  items: [
                    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
                    { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
                    { path: 'memory', resourceFieldRef: { containerName: 'main', resource: 'limits.memory' } },
                  ],
                },
              },
              {
                name: 'all',
                projected: {
                  sources: [
                    { configMap: { name: 'settings', items: [{ key: 'mode', path: 'mode' }] } },
                    { secret: { name: 'keys', items: [{ key: 'user', path: 'user' }] } },
                    { downwardAPI: { items: [{ path: 'space', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
                  ],
                },
              },
              { name: 'scratch', emptyDir: { medium: 'Memory' } },
              { name: 'host', hostPath: { path: '/tmp/parity-files', type: 'DirectoryOrCreate' } },
            ],
          },
        ),
        { labels: { app: 'files', tier: 'back' } },
      ),
    ),
    kubectl('create -f files.json'),
    ready('files'),
    kubectl('exec files -- ls /settings'),
    kubectl('exec files -- cat /settings/note.txt'),
    kubectl('exec files -- cat /one/mode'),
    kubectl('exec files -- ls /some/deep'),
    kubectl('exec files -- sh -c "echo x > /some/new"'),
    kubectl('exec files -- sh -c "echo x > /settings/mode"'),
    kubectl('exec files -- cat /keys/user'),
    kubectl('exec files -- stat -L -c "%a" /keys/user /some/deep/mode.conf /settings/mode'),
    kubectl('exec files -- cat /self/labels'),
    kubectl('exec files -- cat /self/name /self/memory'),
    kubectl('exec files -- ls /all'),
    kubectl('exec files -- cat /all/mode /all/user /all/space'),
    kubectl('exec files -- sh -c "echo here > /inner/file; cat /scratch/of-files/file"'),
    kubectl('exec files -- sh -c "echo kept > /host/note; cat /host/note; rm /host/note"'),
    kubectl('exec files -- ls /var/run/secrets/kubernetes.io/serviceaccount'),
    kubectl('exec files -- cat /var/run/secrets/kubernetes.io/serviceaccount/namespace'),
    kubectl('exec files -- cat /etc/hostname'),
    kubectl('describe pod files'),
    kubectl('label pod files tier=front --overwrite'),
    kubectl('patch configmap settings -p {"data":{"mode":"light"}}'),
    kubectl('create configmap fixed --from-literal=a=b'),
    kubectl('patch configmap fixed -p {"immutable":true}'),
    kubectl('patch configmap fixed -p {"data":{"a":"c"}}'),
  ),
  scenario(
    'configuration: who a container is and what it may',
    file(
      'user.json',
      documents(
        pod(
          'user',
          podSpec(
            sleeper({
              securityContext: {
                runAsUser: 1000,
                runAsGroup: 3000,
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [{ name: 's', mountPath: '/s' }],
            }),
            { securityContext: { fsGroup: 2000, supplementalGroups: [4000] }, volumes: [{ name: 's', emptyDir: {} }] },
          ),
        ),
        pod('host', podSpec(sleeper(), { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' })),
        pod(
          'named',
          podSpec(sleeper({ workingDir: '/tmp/work' }), {
            hostname: 'box',
            subdomain: 'boxes',
            hostAliases: [{ ip: '192.0.2.1', hostnames: ['far', 'away'] }],
            dnsPolicy: 'None',
            dnsConfig: { nameservers: ['192.0.2.53'], searches: ['example.com'], options: [{ name: 'ndots', value: '2' }] },
          }),
        ),
        pod(
          'tokenless',
          podSpec(sleeper(), { automountServiceAccountToken: false, enableServiceLinks: false, shareProcessNamespace: true }),
        ),
      ),
    ),
    kubectl('create -f user.json'),
    ready('user'),
    ready('host'),
    ready('named'),
    ready('tokenless'),
    kubectl('exec user -- id'),
    kubectl('exec user -- id -u'),
    kubectl('exec user -- touch /new'),
    kubectl('exec user -- sh -c "touch /s/new && ls -ln /s | wc -l"'),
    kubectl('exec user -- stat -c "%g" /s/new', 'kubelet: files have no owners'),
    kubectl("get pod user '-o=jsonpath={.status.containerStatuses[0].user}'"),
    kubectl('describe pod user'),
    kubectl("get pod host '-o=jsonpath={.spec.hostNetwork} {.status.hostIP}-{.status.podIP}'"),
    kubectl('exec named -- hostname'),
    kubectl('exec named -- pwd'),
    kubectl('exec named -- cat /etc/resolv.conf'),
    kubectl('exec named -- cat /etc/hosts'),
    kubectl('exec tokenless -- ls /var/run/secrets'),
    kubectl('exec tokenless -- printenv WEB_SERVICE_HOST'),
    kubectl("get pod tokenless '-o=jsonpath=[{.spec.volumes}]'"),
    kubectl('exec user -- cat /etc/resolv.conf'),
  ),
  scenario(
    'configuration: what a container learns of itself',
    file(
      'self.json',
      pod(
        'self',
        podSpec(
          shell('sleep 9999', {
            resources: { requests: { cpu: '250m' }, limits: { memory: '100Mi' } },
            env: [
              resource('ROUNDED', 'requests.cpu'),
              resource('MILLI', 'requests.cpu', { divisor: '1m' }),
              resource('MIB', 'limits.memory', { divisor: '1Mi' }),
              resource('GIB', 'limits.memory', { divisor: '1Gi' }),
              resource('UNSAID', 'requests.ephemeral-storage'),
              resource('HUGE', 'limits.hugepages-2Mi'),
              resource('BEFORE', 'limits.cpu', { containerName: 'before' }),
              { name: 'GREETING', value: 'hi $(MIB) $(PATH) $(HOSTNAME) $$(MIB)' },
            ],
            volumeMounts: [{ name: 'self', mountPath: '/self' }],
          }),
          {
            initContainers: [shell('true', { name: 'before' })],
            volumes: [
              {
                name: 'self',
                downwardAPI: {
                  items: [
                    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
                    { path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'requests.cpu', divisor: '1m' } },
                    { path: 'none', resourceFieldRef: { containerName: 'main', resource: 'requests.memory' } },
                  ],
                },
              },
            ],
          },
        ),
        { labels: { app: 'self', 'app.kubernetes.io/name': 'self' } },
      ),
    ),
    kubectl('create -f self.json'),
    ready('self'),
    kubectl('exec self -- sh -c "echo $ROUNDED $MILLI $MIB $GIB $UNSAID $HUGE $BEFORE"'),
    kubectl('exec self -- printenv GREETING'),
    kubectl('exec self -- cat /self/labels'),
    kubectl('exec self -- cat /self/cpu'),
    kubectl('exec self -- cat /self/none'),
    file(
      'pathless.json',
      pod(
        'pathless',
        podSpec(sleeper({ volumeMounts: [{ name: 'data', mountPath: '/data', subPathExpr: '$(NONE)/$(OTHER)' }] }), {
          volumes: [{ name: 'data', emptyDir: {} }],
        }),
      ),
    ),
    kubectl('create -f pathless.json'),
    until('get pod pathless', 'CreateContainerConfigError'),
    kubectl("get pod pathless '-o=jsonpath={.status.containerStatuses[0].state}'"),
    file(
      'lacking.json',
      pod(
        'lacking',
        podSpec(sleeper({ volumeMounts: [{ name: 'all', mountPath: '/all' }] }), {
          volumes: [{ name: 'all', projected: { sources: [{ configMap: { name: 'none' } }, { secret: { name: 'neither' } }] } }],
        }),
      ),
    ),
    kubectl('create -f lacking.json'),
    until('get events --field-selector involvedObject.name=lacking,reason=FailedMount -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=lacking,reason=FailedMount '-o=jsonpath={.items[0].message}'"),
  ),
]
