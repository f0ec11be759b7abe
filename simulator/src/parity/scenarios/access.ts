import { kubectl, scenario } from '../scenario.js'

export const access = [
  scenario(
    'roles and what they allow',
    kubectl('create serviceaccount robot'),
    kubectl('create role reader --verb=get,list --resource=pods'),
    kubectl('create rolebinding robot --role=reader --serviceaccount={{ns}}:robot -n {{ns}}'),
    kubectl('auth can-i list pods --as=system:serviceaccount:{{ns}}:robot -n {{ns}}'),
    kubectl('auth can-i delete pods --as=system:serviceaccount:{{ns}}:robot -n {{ns}}'),
    kubectl('get pods --as=system:serviceaccount:{{ns}}:robot -n {{ns}}'),
    kubectl('get secrets --as=system:serviceaccount:{{ns}}:robot -n {{ns}}'),
    kubectl('get role reader -o jsonpath={.rules}'),
    kubectl('get rolebinding robot -o wide'),
    kubectl('describe role reader'),
    kubectl('describe rolebinding robot'),
    kubectl('create rolebinding wrong --role=reader --clusterrole=view --user=ann'),
  ),
]
