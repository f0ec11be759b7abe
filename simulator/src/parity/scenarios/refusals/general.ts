import { file, kubectl, scenario } from '../../scenario.js'

const BAD_POD =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: Bad_Name }\nspec:\n  containers:\n    - { name: main, image: "", ports: [{ containerPort: 99999 }] }\n    - { name: main, image: busybox, imagePullPolicy: Sometimes }\n'
const TYPO =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: typo }\nspec:\n  replicsa: 3\n  selector: { matchLabels: { a: b } }\n  template:\n    metadata: { labels: { a: b } }\n    spec: { containers: [{ name: main, image: busybox }] }\n'

export const general = [
  scenario(
    'what the server refuses',
    file('bad.yaml', BAD_POD),
    kubectl('create -f bad.yaml'),
    file('typo.yaml', TYPO),
    kubectl('create -f typo.yaml'),
    file('selector.yaml', TYPO.replace('  replicsa: 3\n', '').replace('labels: { a: b }', 'labels: { a: c }')),
    kubectl('create -f selector.yaml'),
    file(
      'service.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { type: Wrong, ports: [{ port: 70000 }] }\n',
    ),
    kubectl('create -f service.yaml'),
    kubectl('get pods nothing'),
    kubectl('get nonsense'),
    kubectl('delete namespace kube-system --dry-run=server'),
    kubectl('create namespace Bad_Namespace'),
    kubectl('get pods -l "a in (b"'),
    kubectl('get pods --field-selector=spec.nonsense=1'),
    kubectl('run web --image=busybox -n missing'),
  ),
]
