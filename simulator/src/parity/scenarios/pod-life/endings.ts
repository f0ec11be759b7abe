/** Hooks, grace and what ends last. */
import { events, podSpec, shell, sleeper } from '../../builders.js'
import { kubectl, scenario, until } from '../../scenario.js'
import { make, named, often, phase, ready, state } from './steps.js'

export const podEndings = [
  scenario(
    'life: hooks, grace and the end',
    ...make(
      'hooked',
      podSpec(
        shell('sleep 1; cat /note; sleep 9999', {
          lifecycle: {
            postStart: { exec: { command: ['sh', '-c', 'echo started > /note'] } },
            preStop: { exec: { command: ['true'] } },
          },
        }),
      ),
    ),
    ready('hooked'),
    until('logs hooked', 'started'),
    kubectl('logs hooked'),
    kubectl('describe pod hooked'),
    ...make(
      'unhooked',
      podSpec(sleeper({ lifecycle: { postStart: { exec: { command: ['sh', '-c', 'exit 5'] } } } }), { restartPolicy: 'Never' }),
    ),
    phase('unhooked', 'Failed'),
    kubectl(events('unhooked')),
    kubectl(
      "get pod unhooked '-o=jsonpath={.status.containerStatuses[0].state.terminated.exitCode} {.status.containerStatuses[0].state.terminated.reason}'",
    ),
    ...make('polite', podSpec(shell('trap "echo bye; exit 0" TERM; sleep 9999 & wait'), { terminationGracePeriodSeconds: 20 })),
    ready('polite'),
    kubectl('delete pod polite --timeout=15s'),
    kubectl('get pod polite'),
    ...make('stubborn', podSpec(sleeper(), { terminationGracePeriodSeconds: 30 })),
    ready('stubborn'),
    kubectl('delete pod stubborn --wait=false'),
    until('get pod stubborn', 'Terminating'),
    kubectl('get pod stubborn'),
    kubectl("get pod stubborn '-o=jsonpath={.metadata.deletionGracePeriodSeconds} {.status.phase}'"),
    until('get events --field-selector involvedObject.name=stubborn,reason=Killing -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=stubborn,reason=Killing '-o=jsonpath={.items[0].message}'"),
    kubectl('delete pod stubborn --force --grace-period=0'),
    kubectl('get pod stubborn'),
    kubectl('delete pod stubborn --ignore-not-found'),
    kubectl('delete pod hooked --grace-period=0'),
    kubectl('delete pod hooked --now --force'),
  ),
  scenario(
    'life: a probe that cannot run, and sidecars at the end',
    ...make('ill', podSpec(sleeper({ livenessProbe: { exec: { command: ['no-such-program'] }, ...often } }))),
    until('get events --field-selector involvedObject.name=ill,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=ill,reason=Unhealthy '-o=jsonpath={.items[0].type}'"),
    kubectl('get pod ill'),
    kubectl(
      "get pod ill '-o=jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready} {.status.containerStatuses[0].started}'",
    ),
    ...make(
      'helped',
      podSpec(shell('trap "sleep 12; exit 0" TERM; sleep 9999 & wait'), {
        terminationGracePeriodSeconds: 20,
        initContainers: [
          named('first', 'trap "exit 0" TERM; sleep 9999 & wait', { restartPolicy: 'Always' }),
          named('second', 'trap "exit 0" TERM; sleep 9999 & wait', { restartPolicy: 'Always' }),
        ],
      }),
    ),
    ready('helped'),
    kubectl('delete pod helped --wait=false'),
    until("get events --field-selector involvedObject.name=helped,reason=Killing '-o=jsonpath={.items[*].message}'", 'main'),
    kubectl(
      "get events --field-selector involvedObject.name=helped,reason=Killing --sort-by=.message '-o=jsonpath={.items[*].message}'",
    ),
    kubectl("get pod helped '-o=jsonpath={.status.initContainerStatuses[*].state.running.startedAt}'"),
    until('wait --for=delete pod/helped --timeout=30s'),
  ),
  scenario(
    'life: hooks that hold up, and hooks that fail',
    ...make(
      'held',
      podSpec(sleeper(), {
        containers: [sleeper({ lifecycle: { postStart: { exec: { command: ['sleep', '8'] } } } }), named('next', 'sleep 9999')],
      }),
    ),
    until(events('held'), 'Started'),
    kubectl('get pod held'),
    state('held'),
    ready('held'),
    kubectl(
      "get events --field-selector involvedObject.name=held,reportingComponent=kubelet '-o=jsonpath={range .items[*]}{.involvedObject.fieldPath} {.reason};{end}'",
    ),
    ...make('failing', podSpec(sleeper({ lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo oh; exit 5'] } } } }))),
    until("get pod failing '-o=jsonpath={.status.containerStatuses[0].state.waiting.reason}'", 'PostStartHookError'),
    kubectl(
      "get events --field-selector involvedObject.name=failing,reason=FailedPostStartHook '-o=jsonpath={.items[0].message}'",
    ),
    ...make(
      'fetched',
      podSpec(sleeper(), {
        containers: [
          named('web', 'httpd -f -p 8080 -h /tmp', { lifecycle: { postStart: { exec: { command: ['sleep', '2'] } } } }),
          sleeper({ lifecycle: { postStart: { httpGet: { path: '/none', port: 8080 } } } }),
        ],
      }),
    ),
    ready('fetched'),
    kubectl("get pod fetched '-o=jsonpath={.status.containerStatuses[*].restartCount}'"),
    ...make('other', podSpec(sleeper(), { terminationGracePeriodSeconds: 1 })),
    ready('other'),
    kubectl('set image pod/other main=busybox:1.36'),
    until('get events --field-selector involvedObject.name=other,reason=Killing -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=other,reason=Killing '-o=jsonpath={.items[0].message}'"),
  ),
]
