/** What probes say of containers. */
import { conditions, podSpec, shell, sleeper } from '../../builders.js'
import { kubectl, scenario, until } from '../../scenario.js'
import { make, often, phase, ready } from './steps.js'

export const podProbes = [
  scenario(
    'life: probes of four kinds',
    ...make(
      'dead',
      podSpec(
        sleeper({
          livenessProbe: { exec: { command: ['sh', '-c', 'echo too ill; exit 1'] }, periodSeconds: 2, failureThreshold: 1 },
        }),
      ),
    ),
    until("get pod dead '-o=jsonpath={.status.containerStatuses[0].restartCount}'", '1'),
    kubectl(
      "get pod dead '-o=jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode} {.status.containerStatuses[0].lastState.terminated.reason}'",
    ),
    kubectl("get events --field-selector involvedObject.name=dead,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    kubectl("get events --field-selector involvedObject.name=dead,reason=Killing '-o=jsonpath={.items[0].message}'"),
    ...make('unready', podSpec(sleeper({ readinessProbe: { httpGet: { port: 8080, path: '/ok' }, ...often } }))),
    until('get events --field-selector involvedObject.name=unready,reason=Unhealthy -o name', 'event'),
    kubectl('get pod unready'),
    kubectl(conditions('pod unready')),
    kubectl("get events --field-selector involvedObject.name=unready,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    ...make('closed', podSpec(sleeper({ readinessProbe: { tcpSocket: { port: 9 }, ...often } }))),
    until('get events --field-selector involvedObject.name=closed,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=closed,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    ...make('remote', podSpec(sleeper({ readinessProbe: { grpc: { port: 9 }, ...often } }))),
    until('get events --field-selector involvedObject.name=remote,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=remote,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    ...make(
      'starting',
      podSpec(
        sleeper({
          startupProbe: { exec: { command: ['cat', '/up'] }, periodSeconds: 1, failureThreshold: 60 },
          livenessProbe: { exec: { command: ['true'] } },
        }),
      ),
    ),
    until('get events --field-selector involvedObject.name=starting,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=starting,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    kubectl("get pod starting '-o=jsonpath={.status.containerStatuses[0].ready} {.status.containerStatuses[0].started}'"),
    kubectl('exec starting -- touch /up'),
    ready('starting'),
    kubectl("get pod starting '-o=jsonpath={.status.containerStatuses[0].ready} {.status.containerStatuses[0].started}'"),
    ...make(
      'web',
      podSpec(
        shell('mkdir /www; echo fine > /www/ok; httpd -f -p 8080 -h /www', {
          readinessProbe: { httpGet: { port: 8080, path: '/ok' }, periodSeconds: 1 },
          livenessProbe: { tcpSocket: { port: 8080 } },
        }),
      ),
    ),
    ready('web'),
    kubectl('get pod web'),
    kubectl('exec web -- rm /www/ok'),
    until('get pod web', '0/1'),
    kubectl("get events --field-selector involvedObject.name=web,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
  ),
  scenario(
    'life: probes that ask in vain',
    ...make('misnamed', podSpec(sleeper({ readinessProbe: { httpGet: { port: 'web' }, ...often } }))),
    until('get events --field-selector involvedObject.name=misnamed,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=misnamed,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    ...make(
      'secure',
      podSpec(
        shell('httpd -f -p 8080 -h /tmp', {
          readinessProbe: { httpGet: { port: 8080, scheme: 'HTTPS' }, ...often, initialDelaySeconds: 3 },
        }),
      ),
    ),
    until('get events --field-selector involvedObject.name=secure,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=secure,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    ...make('loop', podSpec(sleeper({ readinessProbe: { httpGet: { port: 9, path: '/ok', host: '127.0.0.1' }, ...often } }))),
    until('get events --field-selector involvedObject.name=loop,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=loop,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    ...make(
      'unspoken',
      podSpec(
        shell('httpd -f -p 8080 -h /tmp', {
          readinessProbe: { grpc: { port: 8080 }, timeoutSeconds: 2, ...often, initialDelaySeconds: 3 },
        }),
      ),
    ),
    until('get events --field-selector involvedObject.name=unspoken,reason=Unhealthy -o name', 'event'),
    kubectl("get events --field-selector involvedObject.name=unspoken,reason=Unhealthy '-o=jsonpath={.items[0].message}'"),
    ...make(
      'mortal',
      podSpec(sleeper({ livenessProbe: { exec: { command: ['false'] }, ...often } }), { restartPolicy: 'Never' }),
    ),
    phase('mortal', 'Failed'),
    kubectl("get events --field-selector involvedObject.name=mortal,reason=Killing '-o=jsonpath={.items[0].message}'"),
  ),
]
