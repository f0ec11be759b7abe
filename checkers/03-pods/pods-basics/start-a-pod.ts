import { checker } from '../../lib/index.js'

/** A Pod of its own greets passengers: seen from the Pod beside it, as a passenger's program would see it. */
export default checker(({ cluster, baseline, expectThat }) => {
  const greeter = () => cluster.pod('kiosk', 'greeter')
  return {
    'greeter-ready': async () => {
      const pod = await greeter()
      expectThat(pod, 'spec.containers[0].image').isImage('wheelhouse/app:1')
      expectThat(pod, 'status.conditions[type=Ready].status').is('True')
    },
    greets: async () => {
      const pod = await greeter()
      const address = pod.status?.podIP
      expectThat(pod, 'status.podIP').isPresent()
      if (address)
        expectThat(await cluster.curlFrom('kiosk/client', `http://${address}:8080/`)).is('[v1] Welcome aboard from greeter')
    },
    labelled: async () => {
      const pod = await greeter()
      expectThat(pod, 'metadata.labels.app').is('greeter')
      expectThat(pod, 'metadata.labels.tier').is('web')
    },
    'port-declared': async () => {
      const pod = await greeter()
      const ports = pod.spec?.containers.flatMap((container) => container.ports ?? []).map((port) => port.containerPort)
      expectThat(ports, 'Pod kiosk/greeter spec.containers[*].ports[*].containerPort').contains(8080)
    },
    'client-kept': async () => {
      expectThat(await cluster.pod('kiosk', 'client')).isOriginal(baseline.find('Pod', 'kiosk', 'client'))
    },
  }
})
