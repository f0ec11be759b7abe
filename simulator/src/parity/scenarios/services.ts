import { kubectl, scenario, until } from '../scenario.js'

export const services = [
  scenario(
    'a Service before Pods',
    kubectl('create deployment web --image=busybox:1.37 -- sleep infinity'),
    kubectl('expose deployment web --port=80 --target-port=8080'),
    kubectl('get service web'),
    kubectl('get service web -o jsonpath={.spec.sessionAffinity}/{.spec.type}/{.spec.ipFamilies}'),
    until('get endpointslices -l kubernetes.io/service-name=web -o jsonpath={.items[0].endpoints[0].conditions.ready}', 'true'),
    kubectl('get endpointslices -l kubernetes.io/service-name=web -o jsonpath={.items[0].ports}'),
    kubectl('create service nodeport open --tcp=80:8080 --node-port=30991'),
    kubectl('create service clusterip none --clusterip=None'),
    kubectl('get services'),
    kubectl('delete service none open web'),
  ),
]
