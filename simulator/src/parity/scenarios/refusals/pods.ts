import { GO_DIFF } from '../../builders.js'
import { scenario } from '../../scenario.js'
import { refused, unchangeable } from './refused.js'

const pod = (spec: string) => `
apiVersion: v1
kind: Pod
metadata: { name: wrong }
spec:
${spec}`
const container = (fields: string) => pod(`  containers: [{ name: main, image: busybox, ${fields} }]`)

export const podRefusals = [
  scenario(
    'refused: containers that are wrong',
    ...refused({
      'no-containers': pod('  containers: []'),
      names: pod(
        '  containers: [{ name: Main, image: a }, { name: same, image: b }, { name: same, image: c }, { image: d }]\n  initContainers: [{ name: same, image: e }]',
      ),
      images: pod('  containers: [{ name: a }, { name: b, image: " c " }, { name: d, image: e, imagePullPolicy: Often }]'),
      ports: container(
        'ports: [{ containerPort: 0 }, { containerPort: 80, hostPort: 70000 }, { containerPort: 80, protocol: ICMP }, { name: Wrong_Name, containerPort: 81 }, { name: toolongnameforaport, containerPort: 82 }, { name: web, containerPort: 83 }, { name: web, containerPort: 84 }]',
      ),
      env: container(
        'env: [{ name: "" }, { name: "a=b", value: c }, { name: BOTH, value: x, valueFrom: { fieldRef: { fieldPath: metadata.name } } }, { name: FIELD, valueFrom: { fieldRef: { fieldPath: spec.nothing } } }, { name: KEY, valueFrom: { configMapKeyRef: { name: c } } }, { name: NONE, valueFrom: {} }, { name: RES, valueFrom: { resourceFieldRef: { resource: limits.gpu } } }]',
      ),
      'env-from': container('envFrom: [{ configMapRef: { name: "" } }, { secretRef: { name: Wrong_Name } }, {}]'),
      // One problem in each list: upstream walks them in any order.
      resources: pod(
        '  containers: [{ name: a, image: a, resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } }, { name: b, image: b, resources: { limits: { memory: -1 } } }, { name: c, image: c, resources: { requests: { storage: 1Gi } } }, { name: d, image: d, resources: { limits: { example.com/gpu: 1500m } } }]',
      ),
      'hugepages-alone': container('resources: { limits: { hugepages-2Mi: 4Mi } }'),
      mounts: container(
        'volumeMounts: [{ name: none, mountPath: /a }, { name: "", mountPath: "" }, { name: data, mountPath: "/b:c" }, { name: data, mountPath: /d, subPath: ../e }, { name: data, mountPath: /d }]',
      ).concat('\n  volumes: [{ name: data, emptyDir: {} }]'),
      'security-context': container(
        'securityContext: { runAsUser: -1, runAsGroup: -2, privileged: true, allowPrivilegeEscalation: false, procMount: Wrong, seccompProfile: { type: Localhost }, capabilities: { add: [SYS_ADMIN] } }',
      ),
      'quantity-text': container('resources: { limits: { memory: lots } }'),
      'type-text': container('ports: [{ containerPort: eighty }]'),
      lifecycle: container('lifecycle: { preStop: {}, postStart: { exec: { command: [a] }, tcpSocket: { port: 1 } } }'),
      termination: container('terminationMessagePath: "", terminationMessagePolicy: Never'),
      'resize-policy': container('resizePolicy: [{ resourceName: gpu, restartPolicy: Sometimes }]'),
    }),
  ),
  scenario(
    'refused: probes that are wrong',
    ...refused({
      'no-handler': container('livenessProbe: { periodSeconds: 5 }'),
      'two-handlers': container('livenessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } }'),
      numbers: container(
        'readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: -1, timeoutSeconds: -1, periodSeconds: -1, successThreshold: -1, failureThreshold: -1 }',
      ),
      'http-get': container(
        'startupProbe: { httpGet: { path: "", port: 70000, scheme: FTP, httpHeaders: [{ name: "a b", value: c }] } }',
      ),
      'port-name': container('livenessProbe: { tcpSocket: { port: Not_A_Name } }'),
      'success-of-liveness': container(
        'livenessProbe: { exec: { command: [a] }, successThreshold: 2, terminationGracePeriodSeconds: 0 }',
      ),
      'grace-of-readiness': container('readinessProbe: { exec: {}, terminationGracePeriodSeconds: 5 }'),
      grpc: container('livenessProbe: { grpc: { port: 0 } }'),
      'of-init': pod(
        '  initContainers: [{ name: init, image: a, livenessProbe: { exec: { command: [b] } } }]\n  containers: [{ name: main, image: c }]',
      ),
    }),
  ),
  scenario(
    'refused: Pods that are wrong',
    ...refused({
      policies: pod('  restartPolicy: Maybe\n  dnsPolicy: Some\n  containers: [{ name: main, image: a }]'),
      times: pod(
        '  activeDeadlineSeconds: 0\n  terminationGracePeriodSeconds: -5\n  containers: [{ name: main, image: a }]\n  hostname: Wrong_Name\n  subdomain: wrong.name',
      ),
      volumes: pod(
        '  containers: [{ name: main, image: a }]\n  volumes: [{ name: Wrong }, { name: two, emptyDir: {}, hostPath: { path: /a } }, { name: same, emptyDir: { sizeLimit: -1 } }, { name: same, emptyDir: {} }, { name: host, hostPath: { path: "", type: Wrong } }, { name: claim, persistentVolumeClaim: { claimName: "" } }, { name: config, configMap: { name: "", items: [{ key: a, path: ../b }], defaultMode: 1000 } }, { name: secret, secret: {} }, { name: nfs, nfs: { server: "", path: relative } }]',
      ),
      projected: pod(
        '  containers: [{ name: main, image: a }]\n  volumes: [{ name: p, projected: { sources: [{ serviceAccountToken: { path: "", expirationSeconds: 10 } }, { configMap: { name: "" } }, { downwardAPI: { items: [{ path: /a, fieldRef: { fieldPath: spec.nodeName } }] } }] } }]',
      ),
      affinity: pod(
        '  containers: [{ name: main, image: a }]\n  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] }, preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: { matchExpressions: [{ key: a, operator: Like }] } }] }, podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "", labelSelector: { matchExpressions: [{ key: a, operator: In }] } }] } }',
      ),
      'node-selector-terms': pod(
        '  containers: [{ name: main, image: a }]\n  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: a, operator: In }, { key: "b c", operator: Exists, values: [d] }, { key: e, operator: Gt, values: [f, g] }], matchFields: [{ key: spec.x, operator: In, values: [y] }] }] } } }',
      ),
      tolerations: pod(
        '  containers: [{ name: main, image: a }]\n  tolerations: [{ operator: Equal }, { key: a, operator: Exists, value: b }, { key: c, operator: Like }, { key: d, effect: Never }, { key: e, effect: NoSchedule, tolerationSeconds: 5 }, { key: "f g" }]',
      ),
      spread: pod(
        '  containers: [{ name: main, image: a }]\n  topologySpreadConstraints: [{ maxSkew: 0, topologyKey: "", whenUnsatisfiable: Maybe }, { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 0 }, { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 2, nodeTaintsPolicy: Some }, { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule }]',
      ),
      dns: pod(
        '  containers: [{ name: main, image: a }]\n  dnsPolicy: None\n  dnsConfig: { nameservers: [a, 1.1.1.1, 2.2.2.2, 3.3.3.3], searches: ["Wrong Name"], options: [{ value: b }] }',
      ),
      'dns-none': pod('  containers: [{ name: main, image: a }]\n  dnsPolicy: None'),
      'host-network': pod(
        '  hostNetwork: true\n  hostPID: true\n  shareProcessNamespace: true\n  containers: [{ name: main, image: a, ports: [{ containerPort: 80, hostPort: 81 }] }]',
      ),
      'host-aliases': pod('  containers: [{ name: main, image: a }]\n  hostAliases: [{ ip: nowhere, hostnames: [Wrong_Name] }]'),
      'security-context': pod(
        '  containers: [{ name: main, image: a }]\n  securityContext: { runAsUser: -1, fsGroup: -1, supplementalGroups: [-1], sysctls: [{ name: "Wrong Name", value: a }, { name: kernel.shm_rmid_forced, value: b }, { name: kernel.shm_rmid_forced, value: c }], fsGroupChangePolicy: Wrong }',
      ),
      priority: pod('  containers: [{ name: main, image: a }]\n  priorityClassName: none'),
      'pull-secrets': pod(
        '  containers: [{ name: main, image: a }]\n  imagePullSecrets: [{}]\n  readinessGates: [{ conditionType: "a b" }]',
      ),
      'service-account': pod('  containers: [{ name: main, image: a }]\n  serviceAccountName: none'),
      gates: pod(
        '  containers: [{ name: main, image: a }]\n  schedulingGates: [{ name: Wrong_Name/x/y }, { name: same }, { name: same }]\n  nodeName: n',
      ),
      ephemeral: pod('  containers: [{ name: main, image: a }]\n  ephemeralContainers: [{ name: debug, image: b }]'),
      os: pod(
        '  containers: [{ name: main, image: a, securityContext: { privileged: true } }]\n  os: { name: windows }\n  hostNetwork: true',
      ),
      'init-restart': pod(
        '  initContainers: [{ name: i, image: a, restartPolicy: Never, lifecycle: { preStop: { exec: { command: [b] } } } }]\n  containers: [{ name: main, image: c }]',
      ),
    }),
  ),
  scenario(
    'refused: changes of a Pod',
    ...unchangeable(
      'pod/gated',
      `
apiVersion: v1
kind: Pod
metadata: { name: gated }
spec:
  schedulingGates: [{ name: example.com/wait }]
  containers: [{ name: main, image: "busybox:1.37", resources: { requests: { cpu: 100m } } }]`,
      [
        ['{"spec":{"terminationGracePeriodSeconds":-1}}', GO_DIFF],
        '{"spec":{"activeDeadlineSeconds":-1}}',
        '{"spec":{"activeDeadlineSeconds":10}}',
        '{"spec":{"activeDeadlineSeconds":20}}',
        '{"spec":{"tolerations":[]}}',
        '{"spec":{"schedulingGates":[{"name":"example.com/other"}]}}',
        ['{"spec":{"containers":[{"name":"main","image":""}]}}', GO_DIFF],
        '{"spec":{"containers":null}}',
        '{"metadata":{"name":"other"}}',
        '{"metadata":{"namespace":"default"}}',
        '{"metadata":{"uid":"00000000-0000-0000-0000-000000000000"}}',
        '{"metadata":{"resourceVersion":"1"}}',
        '{"kind":"Service"}',
        '{"apiVersion":"v2"}',
      ],
    ),
  ),
]
