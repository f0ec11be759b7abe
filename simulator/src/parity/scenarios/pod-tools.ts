import { events, GO_DIFF, pod, podSpec, shell, sleeper } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

const ready = (name: string) => until(`wait --for=condition=Ready pod/${name} --timeout=60s`)
const make = (name: string, spec: Record<string, unknown>, metadata = {}) => [
  file(`${name}.json`, pod(name, spec, metadata)),
  kubectl(`create -f ${name}.json`),
  ready(name),
]
const qos = (name: string, ...resources: object[]) => [
  file(
    `${name}.json`,
    pod(
      name,
      podSpec(sleeper(), { containers: resources.map((each, index) => sleeper({ name: `c${index}`, resources: each })) }),
    ),
  ),
  kubectl(`create -f ${name}.json`),
  kubectl(`get pod ${name} '-o=jsonpath={.status.qosClass}'`),
]

export const podTools = [
  scenario(
    'tools: logs',
    ...make(
      'talker',
      podSpec(shell('for i in 1 2 3 4 5; do echo line $i; done; echo wrong >&2; sleep 9999'), {
        containers: [
          shell('for i in 1 2 3 4 5; do echo line $i; done; echo wrong >&2; sleep 9999', { name: 'main' }),
          shell('echo side; sleep 9999', { name: 'side' }),
        ],
      }),
      { labels: { app: 'talker' } },
    ),
    until('logs talker -c main', 'wrong'),
    kubectl('logs talker'),
    kubectl('logs talker -c main'),
    kubectl('logs talker -c side'),
    kubectl('logs talker -c main --tail=2'),
    kubectl('logs talker -c main --tail=0'),
    kubectl('logs talker -c main --limit-bytes=9'),
    kubectl('logs talker -c main --since=1h'),
    kubectl('logs talker -c main --since-time=2050-01-01T00:00:00Z'),
    kubectl('logs talker -c main --timestamps --tail=1'),
    kubectl('logs talker -c main --since=1h --since-time=2050-01-01T00:00:00Z'),
    kubectl('logs talker -c main --previous'),
    kubectl('logs talker -c none'),
    kubectl('logs -l app=talker -c side'),
    // All containers of a selection come in any order.
    kubectl('logs -l app=talker -c main --prefix --tail=1'),
    kubectl('logs none'),
    ...make('brief', podSpec(shell('echo one; sleep 2; echo two; sleep 1; echo three'), { restartPolicy: 'Never' })),
    kubectl('logs brief --follow'),
    kubectl('logs brief --follow --tail=1'),
    kubectl('logs deployment/none'),
    kubectl('events --for pod/none'),
    kubectl('events --types=Wrong'),
    kubectl('top pods', 'load: metrics.k8s.io is served without a metrics server'),
    kubectl('top pod none --containers', 'load: metrics.k8s.io is served without a metrics server'),
  ),
  scenario(
    'tools: exec, attach and run',
    ...make(
      'box',
      podSpec(shell('echo up; sleep 9999', { env: [{ name: 'A', value: 'b' }] }), {
        containers: [shell('echo up; sleep 9999', { env: [{ name: 'A', value: 'b' }] }), sleeper({ name: 'side' })],
      }),
    ),
    kubectl('exec box -- sh -c "echo out; echo err >&2; exit 4"'),
    kubectl('exec box -c side -- hostname'),
    kubectl('exec box -c none -- hostname'),
    kubectl('exec none -- hostname'),
    kubectl('exec box -- printenv A'),
    kubectl('exec box'),
    kubectl('exec box -- cat /none'),
    kubectl('exec -i box -- cat'),
    kubectl('exec box hostname'),
    kubectl('exec deployment/none -- hostname'),
    kubectl('run once --image=busybox:1.37 --restart=Never --attach --rm --quiet -- sh -c "sleep 1; echo seen"'),
    kubectl('run labelled --image=busybox:1.37 --labels=a=b,c=d --port=80 --env=X=1 --dry-run=client -o yaml'),
    kubectl('run with-command --image=busybox:1.37 --command --restart=OnFailure -- echo hi'),
    until("get pod with-command '-o=jsonpath={.status.phase}'", 'Succeeded'),
    kubectl('logs with-command'),
    kubectl('exec with-command -- true'),
    kubectl('run once --image=busybox:1.37 --expose'),
    kubectl('run'),
    kubectl('delete pod box with-command'),
  ),
  scenario(
    'tools: debug with an ephemeral container',
    ...make('silent', podSpec(sleeper())),
    kubectl(
      'debug silent --image=busybox:1.37 --container=helper --profile=general --target=main -- sh -c "echo looking; sleep 9999"',
    ),
    until("get pod silent '-o=jsonpath={.status.ephemeralContainerStatuses[0].state}'", 'running'),
    kubectl(
      "get pod silent '-o=jsonpath={.status.ephemeralContainerStatuses[0].name} {.status.ephemeralContainerStatuses[0].ready} {.status.ephemeralContainerStatuses[0].restartCount}'",
    ),
    kubectl("get pod silent '-o=jsonpath={.spec.ephemeralContainers}'"),
    kubectl('get pod silent'),
    kubectl('logs silent -c helper'),
    kubectl('exec silent -c helper -- hostname'),
    kubectl('describe pod silent'),
    kubectl('debug silent --image=busybox:1.37 --container=helper -- true', GO_DIFF),
    kubectl('debug silent --image=busybox:1.37 --container=brief --profile=general -- sh -c "exit 3"'),
    until("get pod silent '-o=jsonpath={.status.ephemeralContainerStatuses[*].state.terminated.exitCode}'", '3'),
    kubectl('get pod silent'),
    kubectl('get pod silent \'-o=jsonpath={.status.ephemeralContainerStatuses[?(@.name=="brief")].state.terminated.reason}\''),
    kubectl('debug silent --copy-to=copy --container=main --profile=general --image=busybox:1.37 -- sleep 9999'),
    ready('copy'),
    kubectl("get pod copy '-o=jsonpath={.spec.containers[*].name} {.spec.containers[0].command}'"),
    kubectl('debug none --image=busybox:1.37'),
  ),
  scenario(
    'tools: classes of quality',
    ...qos('best', {}),
    ...qos('burst', { requests: { cpu: '10m' } }),
    ...qos('sure', { limits: { cpu: '20m', memory: '16Mi' } }),
    ...qos('mixed', { limits: { cpu: '20m', memory: '16Mi' } }, {}),
    ...qos('lower', { limits: { cpu: '20m', memory: '16Mi' }, requests: { cpu: '10m' } }),
    kubectl("get pod sure '-o=jsonpath={.spec.containers[0].resources}'"),
    ready('sure'),
    kubectl('describe pod sure'),
    kubectl(
      'run over --image=busybox:1.37 --overrides={"spec":{"containers":[{"name":"over","image":"busybox:1.37","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}}',
    ),
    kubectl('create quota memory --hard=requests.memory=100Mi,limits.cpu=1'),
    until("get quota memory '-o=jsonpath={.status.hard}'", 'memory'),
    kubectl('run more --image=busybox:1.37'),
    kubectl('describe quota memory'),
  ),
  scenario(
    'tools: another size in place',
    ...make(
      'sized',
      podSpec(sleeper({ resources: { requests: { cpu: '50m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } } })),
    ),
    kubectl("get pod sized '-o=jsonpath={.spec.containers[0].resizePolicy}'"),
    kubectl('patch pod sized -p {"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"60m"}}}]}}', GO_DIFF),
    kubectl(
      'patch pod sized --subresource=resize -p {"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"60m"},"limits":{"cpu":"120m"}}}]}}',
    ),
    until("get pod sized '-o=jsonpath={.status.containerStatuses[0].resources}'", '"120m"'),
    kubectl(
      "get pod sized '-o=jsonpath={.spec.containers[0].resources} {.status.containerStatuses[0].resources} {.status.containerStatuses[0].allocatedResources}'",
    ),
    kubectl(
      "get pod sized '-o=jsonpath={.status.containerStatuses[0].restartCount} {.status.qosClass} {.metadata.generation} {.status.observedGeneration}'",
    ),
    kubectl(events('sized')),
    kubectl(
      'patch pod sized --subresource=resize -p {"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"500"},"limits":{"cpu":"500"}}}]}}',
      'nodes: have another size',
    ),
    kubectl(
      'patch pod sized --subresource=resize -p {"spec":{"containers":[{"name":"main","resources":{"limits":{"cpu":null}}}]}}',
    ),
    kubectl('patch pod sized --subresource=resize -p {"spec":{"containers":[{"name":"main","image":"busybox:1.36"}]}}'),
  ),
  scenario(
    'tools: Pods that stand in a folder of their node',
    kubectl(
      "get pods -n kube-system -l component=kube-scheduler '-o=jsonpath={.items[0].metadata.ownerReferences[0].kind} {.items[0].status.phase} {.items[0].spec.priorityClassName}'",
    ),
    kubectl(
      "get pods -n kube-system -l component=etcd '-o=jsonpath={.items[0].metadata.annotations.kubernetes\\.io/config\\.source}'",
    ),
    kubectl('get pods -n kube-system -l tier=control-plane -o name'),
    kubectl("get pods -n kube-system -l tier=control-plane '-o=jsonpath={.items[*].spec.hostNetwork}'"),
    kubectl(
      "get pods -n kube-system -l component=kube-apiserver '-o=jsonpath={.items[0].spec.tolerations} {.items[0].spec.nodeName}'",
    ),
  ),
  scenario(
    'tools: debug what does not run',
    file('absent.json', pod('absent', podSpec(sleeper({ image: 'busybox:none', imagePullPolicy: 'Never' })))),
    kubectl('create -f absent.json'),
    until('get pod absent', 'ErrImageNeverPull'),
    kubectl('debug absent --image=busybox:1.37 --container=looker --profile=general --target=main -- sleep 9999'),
    until("get pod absent '-o=jsonpath={.status.ephemeralContainerStatuses[0].state.waiting.message}'", 'target'),
    kubectl("get pod absent '-o=jsonpath={.status.ephemeralContainerStatuses[0].state}'"),
    file('begins.json', pod('begins', podSpec(sleeper(), { initContainers: [sleeper({ name: 'first' })] }))),
    kubectl('create -f begins.json'),
    until('get pod begins', 'Init:0/1'),
    kubectl('debug begins --image=busybox:1.37 --container=looker --profile=general -- sleep 9999'),
    until("get pod begins '-o=jsonpath={.status.ephemeralContainerStatuses[0].state}'", 'running'),
    kubectl('get pod begins'),
    kubectl(
      "get pod begins '-o=jsonpath={.status.ephemeralContainerStatuses[0].ready} {.status.ephemeralContainerStatuses[0].started} {.status.ephemeralContainerStatuses[0].resources}'",
    ),
  ),
]
