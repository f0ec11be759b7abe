import { documents, events, GO_DIFF, manifest, pod, podSpec, shell, sleeper } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

type Fields = Record<string, unknown>
const claim = (name: string, spec: Fields = {}) =>
  manifest('v1', 'PersistentVolumeClaim', {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, ...spec },
  })
const volume = (name: string, spec: Fields = {}) =>
  manifest('v1', 'PersistentVolume', {
    metadata: { name: `{{ns}}-${name}`, labels: { set: '{{ns}}' } },
    spec: {
      capacity: { storage: '10Mi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/tmp/{{ns}}' },
      storageClassName: '{{ns}}',
      ...spec,
    },
  })
const user = (name: string, claimName: string) =>
  pod(
    name,
    podSpec(shell('echo used > /data/note; sleep 9999', { volumeMounts: [{ name: 'data', mountPath: '/data' }] }), {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    }),
  )
const phase = (what: string, value: string) => until(`get ${what} '-o=jsonpath={.status.phase}'`, value)
const ready = (name: string) => until(`wait --for=condition=Ready pod/${name} --timeout=60s`)

export const claims = [
  scenario(
    'claims: volumes made by hand',
    file(
      'volumes.json',
      documents(
        volume('small', { capacity: { storage: '2Mi' } }),
        volume('large'),
        volume('many', { accessModes: ['ReadWriteMany', 'ReadOnlyMany'], persistentVolumeReclaimPolicy: 'Delete' }),
      ),
    ),
    kubectl('create -f volumes.json'),
    phase('pv {{ns}}-many', 'Available'),
    phase('pv {{ns}}-small', 'Available'),
    phase('pv {{ns}}-large', 'Available'),
    kubectl('get pv -l set={{ns}}'),
    kubectl('get pv {{ns}}-small -o wide'),
    kubectl('describe pv {{ns}}-small'),
    file(
      'fit.json',
      documents(
        claim('fit', { storageClassName: '{{ns}}' }),
        claim('huge', { storageClassName: '{{ns}}', resources: { requests: { storage: '1Ti' } } }),
        claim('shared', { storageClassName: '{{ns}}', accessModes: ['ReadWriteMany'] }),
      ),
    ),
    kubectl('create -f fit.json'),
    phase('pvc fit', 'Bound'),
    phase('pvc shared', 'Bound'),
    until('get events --field-selector involvedObject.name=huge -o name', 'event'),
    kubectl('get pvc'),
    kubectl('get pvc -o wide'),
    kubectl('get pv -l set={{ns}}'),
    kubectl('describe pvc fit'),
    kubectl('describe pvc huge'),
    kubectl('describe pv {{ns}}-small'),
    kubectl("get pvc fit '-o=jsonpath={.metadata.annotations} {.metadata.finalizers} {.status}'"),
    kubectl("get pv {{ns}}-small '-o=jsonpath={.metadata.annotations} {.metadata.finalizers} {.spec.claimRef.name}'"),
    kubectl('delete pv {{ns}}-small --wait=false'),
    kubectl('get pv {{ns}}-small'),
    kubectl('delete pvc fit'),
    until('wait --for=delete pv/{{ns}}-small --timeout=60s'),
    kubectl('delete pvc shared'),
    until('wait --for=delete pv/{{ns}}-many --timeout=60s'),
    kubectl('get pv {{ns}}-many'),
    kubectl('delete pv -l set={{ns}}'),
  ),
  scenario(
    'claims: kept, released, and taken up again',
    file(
      'kept.json',
      documents(
        volume('kept', { persistentVolumeReclaimPolicy: 'Retain', claimRef: { name: 'mine', namespace: '{{ns}}' } }),
        claim('other', { storageClassName: '{{ns}}' }),
      ),
    ),
    kubectl('create -f kept.json'),
    phase('pv {{ns}}-kept', 'Available'),
    kubectl('get pvc other'),
    file('mine.json', claim('mine', { storageClassName: '{{ns}}' })),
    kubectl('create -f mine.json'),
    phase('pvc mine', 'Bound'),
    phase('pv {{ns}}-kept', 'Bound'),
    kubectl('get pvc mine'),
    kubectl("get pv {{ns}}-kept '-o=jsonpath={.metadata.annotations}'"),
    kubectl('delete pvc mine'),
    phase('pv {{ns}}-kept', 'Released'),
    kubectl('get pv {{ns}}-kept'),
    kubectl('create -f mine.json'),
    kubectl('get pvc mine'),
    kubectl('patch pv {{ns}}-kept --type=json -p [{"op":"remove","path":"/spec/claimRef"}]'),
    until('get pv {{ns}}-kept', 'Bound'),
    kubectl('patch pv {{ns}}-kept -p \'{"spec":{"hostPath":{"path":"/other"}}}\'', GO_DIFF),
    kubectl('delete pvc mine other'),
    kubectl('delete pv {{ns}}-kept'),
  ),
  scenario(
    'claims: volumes made on demand',
    file('wait.json', claim('wait')),
    kubectl('create -f wait.json'),
    until('get events --field-selector involvedObject.name=wait -o name', 'event'),
    kubectl('get pvc wait'),
    kubectl('describe pvc wait'),
    file('user.json', user('user', 'wait')),
    kubectl('create -f user.json'),
    ready('user'),
    kubectl("get pvc wait '-o=jsonpath={.status.phase} {.spec.storageClassName} {.status.accessModes} {.status.capacity}'"),
    kubectl(
      "get pvc wait '-o=jsonpath={.metadata.annotations.volume\\.kubernetes\\.io/storage-provisioner} {.spec.volumeMode} {.metadata.finalizers}'",
    ),
    kubectl('exec user -- cat /data/note'),
    kubectl('describe pvc wait'),
    kubectl("get events --field-selector involvedObject.name=wait '-o=jsonpath={.items[*].reason}'"),
    kubectl('describe pod user'),
    kubectl('delete pvc wait --wait=false'),
    kubectl('get pvc wait'),
    kubectl('describe pvc wait'),
    file('late.json', user('late', 'wait')),
    kubectl('create -f late.json'),
    until("get pod late '-o=jsonpath={.status.conditions[0].message}'", ' '),
    kubectl("get pod late '-o=jsonpath={.status.conditions[0].message}'"),
    kubectl('delete pod user late --now'),
    until("get pvc '-o=jsonpath=[{.items[*].metadata.name}]'", '[]'),
    kubectl('get pvc'),
    file(
      'ephemeral.json',
      pod(
        'ephemeral',
        podSpec(sleeper({ volumeMounts: [{ name: 's', mountPath: '/s' }] }), {
          volumes: [
            {
              name: 's',
              ephemeral: {
                volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } } },
              },
            },
          ],
        }),
      ),
    ),
    kubectl('create -f ephemeral.json'),
    ready('ephemeral'),
    kubectl(
      "get pvc ephemeral-s '-o=jsonpath={.status.phase} {.metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].controller}'",
    ),
    kubectl('describe pod ephemeral'),
    kubectl('delete pod ephemeral --now'),
    until("get pvc '-o=jsonpath=[{.items[*].metadata.name}]'", '[]'),
  ),
  scenario(
    'claims: more room',
    file(
      'class.json',
      documents(
        manifest('storage.k8s.io/v1', 'StorageClass', {
          metadata: { name: '{{ns}}' },
          provisioner: 'example.com/none',
          allowVolumeExpansion: true,
        }),
        volume('grow'),
        claim('grow', { storageClassName: '{{ns}}' }),
      ),
    ),
    kubectl('create -f class.json'),
    phase('pvc grow', 'Bound'),
    kubectl('get storageclass {{ns}}'),
    kubectl('describe storageclass {{ns}}'),
    kubectl('patch pvc grow -p {"spec":{"resources":{"requests":{"storage":"20Mi"}}}}'),
    until('get events --field-selector involvedObject.name=grow,reason=ExternalExpanding -o name', 'event'),
    kubectl(events('grow')),
    kubectl("get pvc grow '-o=jsonpath={.spec.resources.requests.storage} {.status.capacity.storage}'"),
    kubectl('patch pvc grow -p {"spec":{"resources":{"requests":{"storage":"1Mi"}}}}'),
    kubectl('patch pvc grow -p {"spec":{"storageClassName":"standard"}}', GO_DIFF),
    file('fixed.json', documents(claim('fixed'), user('fixed', 'fixed'))),
    kubectl('create -f fixed.json'),
    ready('fixed'),
    kubectl('patch pvc fixed -p {"spec":{"resources":{"requests":{"storage":"20Mi"}}}}'),
    file(
      'external.json',
      documents(
        manifest('storage.k8s.io/v1', 'StorageClass', {
          metadata: { name: '{{ns}}-now' },
          provisioner: 'example.com/none',
          volumeBindingMode: 'Immediate',
        }),
        claim('external', { storageClassName: '{{ns}}-now' }),
      ),
    ),
    kubectl('create -f external.json'),
    until('get events --field-selector involvedObject.name=external -o name', 'event'),
    kubectl(events('external')),
    kubectl('get pvc external'),
    kubectl('delete pvc grow external'),
    kubectl('delete pv {{ns}}-grow'),
    kubectl('delete storageclass {{ns}} {{ns}}-now'),
  ),
]
