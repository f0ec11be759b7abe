import { kubectl, scenario } from '../scenario.js'

export const configuration = [
  scenario(
    'ConfigMaps and Secrets',
    kubectl('create configmap settings --from-literal=mode=dark --from-literal=size=10'),
    kubectl('get configmap settings'),
    kubectl('get configmap settings -o jsonpath={.data}'),
    kubectl('describe configmap settings'),
    kubectl('create secret generic keys --from-literal=password=s3cret'),
    kubectl('get secret keys'),
    kubectl('get secret keys -o jsonpath={.data.password}'),
    kubectl('describe secret keys'),
    kubectl('delete configmap settings'),
    kubectl('get configmap settings'),
  ),
]
