/** How Pods come, and how they end by themselves. */
import { conditions, events, podSpec, sleeper } from '../../builders.js'
import { kubectl, scenario, until } from '../../scenario.js'
import { make, named, often, phase, ready, state, waits } from './steps.js'

export const podCourse = [
  scenario(
    'life: a Pod as describe shows it',
    ...make(
      'full',
      podSpec(
        sleeper({
          ports: [
            { containerPort: 80, name: 'web' },
            { containerPort: 53, protocol: 'UDP' },
          ],
          resources: { requests: { cpu: '10m', memory: '8Mi' }, limits: { cpu: '100m', memory: '16Mi' } },
          env: [
            { name: 'A', value: 'b' },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          ],
          livenessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 3 },
          readinessProbe: { exec: { command: ['true'] }, periodSeconds: 2 },
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        }),
        { volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Mi' } }], initContainers: [named('first', 'echo first')] },
      ),
    ),
    ready('full'),
    kubectl('describe pod full'),
    kubectl('get pod full -o wide'),
    kubectl(conditions('pod full')),
    kubectl(events('full')),
    kubectl(
      "get pod full '-o=jsonpath={.status.containerStatuses[0].resources} {.status.containerStatuses[0].allocatedResources}'",
    ),
    kubectl("get pod full '-o=jsonpath={.status.containerStatuses[0].volumeMounts}'"),
    kubectl(
      "get pod full '-o=jsonpath={.status.initContainerStatuses[0].state.terminated.reason} {.status.initContainerStatuses[0].ready} {.status.initContainerStatuses[0].started}'",
    ),
    kubectl("get pod full '-o=jsonpath={.status.qosClass} {.status.observedGeneration} {.status.containerStatuses[0].user}'"),
    kubectl('delete pod full --wait=false'),
    kubectl('describe pod none'),
  ),
  scenario(
    'life: init containers and sidecars',
    ...make('slow', podSpec(sleeper(), { initContainers: [named('one', 'test -e /never || sleep 9999'), named('two', 'true')] })),
    waits('slow', 'Init:0/2'),
    until("get pod slow '-o=jsonpath={.status.initContainerStatuses[0].state}'", 'running'),
    kubectl('get pod slow'),
    kubectl(conditions('pod slow')),
    kubectl('describe pod slow'),
    kubectl('logs slow'),
    kubectl('logs slow -c one'),
    kubectl('logs slow -c two'),
    ...make('broken', podSpec(sleeper(), { initContainers: [named('one', 'exit 4')], restartPolicy: 'Never' })),
    phase('broken', 'Failed'),
    kubectl('get pod broken'),
    kubectl(conditions('pod broken')),
    kubectl('describe pod broken'),
    ...make(
      'helped',
      podSpec(named('main', 'echo main; sleep 1'), {
        restartPolicy: 'Never',
        initContainers: [named('helper', 'trap "exit 0" TERM; echo helping; sleep 9999 & wait', { restartPolicy: 'Always' })],
      }),
    ),
    waits('helped', 'Completed'),
    kubectl('logs helped -c helper'),
    kubectl('get pod helped'),
    kubectl(
      "get pod helped '-o=jsonpath={.status.initContainerStatuses[0].state.terminated.reason} {.status.initContainerStatuses[0].state.terminated.exitCode} {.status.initContainerStatuses[0].started}'",
    ),
    kubectl(events('helped')),
    ...make(
      'guarded',
      podSpec(sleeper(), {
        initContainers: [
          named('helper', 'sleep 1; touch /up; sleep 9999', {
            restartPolicy: 'Always',
            startupProbe: { exec: { command: ['test', '-e', '/up'] }, ...often, failureThreshold: 9 },
          }),
        ],
      }),
    ),
    ready('guarded'),
    kubectl('get pod guarded'),
    kubectl("get pod guarded '-o=jsonpath={.status.initContainerStatuses[0].ready} {.status.initContainerStatuses[0].started}'"),
  ),
  scenario(
    'life: how containers end',
    ...make('policy', podSpec(named('main', 'echo out; echo gone > /dev/termination-log; exit 7'), { restartPolicy: 'Never' })),
    phase('policy', 'Failed'),
    state('policy'),
    kubectl('get pod policy'),
    kubectl('describe pod policy'),
    kubectl(conditions('pod policy')),
    ...make(
      'talks',
      podSpec(named('main', 'echo last words; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }), {
        restartPolicy: 'Never',
      }),
    ),
    phase('talks', 'Failed'),
    kubectl("get pod talks '-o=jsonpath={.status.containerStatuses[0].state.terminated.message}'"),
    ...make('good', podSpec(named('main', 'true'), { restartPolicy: 'OnFailure' })),
    phase('good', 'Succeeded'),
    kubectl('get pod good'),
    kubectl(conditions('pod good')),
    kubectl('describe pod good'),
    ...make('killed', podSpec(named('main', 'exit 137'), { restartPolicy: 'Never' })),
    phase('killed', 'Failed'),
    kubectl(
      "get pod killed '-o=jsonpath={.status.containerStatuses[0].state.terminated.exitCode} {.status.containerStatuses[0].state.terminated.reason}'",
    ),
    ...make(
      'two',
      podSpec(named('main', 'true'), { restartPolicy: 'Never', containers: [named('a', 'true'), named('b', 'exit 1')] }),
    ),
    phase('two', 'Failed'),
    kubectl('get pod two'),
    kubectl("get pod two '-o=jsonpath={.status.containerStatuses[*].state.terminated.reason}'"),
    ...make('late', podSpec(sleeper(), { activeDeadlineSeconds: 1 })),
    phase('late', 'Failed'),
    kubectl('get pod late'),
    kubectl("get pod late '-o=jsonpath={.status.reason}: {.status.message}'"),
    kubectl(events('late')),
  ),
]
