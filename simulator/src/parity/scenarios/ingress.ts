/** Ingress objects as kubectl shows them, where no controller serves them; and the classes that they name. */
import { documents, manifest, pod, podSpec, sleeper } from '../builders.js'
import { file, kubectl, scenario, scenarioAlone, until } from '../scenario.js'

type Fields = Record<string, unknown>
const ingress = (name: string, spec: Fields, metadata: Fields = {}) =>
  manifest('networking.k8s.io/v1', 'Ingress', { metadata: { name, ...metadata }, spec })
const backend = (name: string, port: Fields) => ({ service: { name, port } })
const path = (at: string, pathType: string, service = 'web') => ({
  path: at,
  pathType,
  backend: backend(service, { number: 80 }),
})
const refused = (name: string, spec: Fields) => [file(`${name}.json`, ingress(name, spec)), kubectl(`create -f ${name}.json`)]
const ingressClass = (name: string, metadata: Fields = {}, more: Fields = {}) =>
  manifest('networking.k8s.io/v1', 'IngressClass', {
    metadata: { name: `{{ns}}-${name}`, ...metadata },
    spec: { controller: `example.com/${name}`, ...more },
  })

export const ingresses = [
  scenario(
    'ingress: made in words and looked at',
    file(
      'web.json',
      pod('web', podSpec(sleeper({ ports: [{ name: 'http', containerPort: 8080 }] })), { labels: { app: 'web' } }),
    ),
    kubectl('create -f web.json'),
    until('wait --for=condition=Ready pod/web --timeout=60s'),
    kubectl('create service clusterip web --tcp=80:8080'),
    until("get endpointslices -l kubernetes.io/service-name=web '-o=jsonpath={.items[0].endpoints[0].conditions.ready}'", 'true'),
    kubectl('create ingress shop --rule=shop.example.com/=web:80'),
    kubectl('get ingress shop'),
    kubectl('get ing -o wide'),
    kubectl('describe ingress shop'),
    kubectl('get ingress shop -o yaml'),
    kubectl(
      'create ingress all --class=nginx --rule=shop.example.com/cart*=web:80,tls=shop-tls --rule=*.example.com/=web:80-8080 --default-backend=web:80 --annotation=example.com/a=b',
    ),
    kubectl('describe ingress all'),
    kubectl("get ingress all '-o=jsonpath={.spec}'"),
    kubectl('get ingress'),
    kubectl('create ingress any --default-backend=missing:80'),
    kubectl('describe ingress any'),
    kubectl('get ingress any'),
    kubectl('create ingress any --default-backend=web:80'),
    kubectl('annotate ingress any nginx.ingress.kubernetes.io/rewrite-target=/'),
    kubectl('patch ingress any -p {"spec":{"ingressClassName":"other"}}'),
    kubectl('get ingress any -o wide'),
    kubectl('describe ingress any'),
    kubectl('set image ingress/any a=b'),
    kubectl('explain ingress.spec.rules.http.paths.pathType'),
    kubectl('delete ingress any all'),
    kubectl('delete ingress any'),
    kubectl('get ingress'),
  ),
  scenario(
    'ingress: written and refused',
    ...refused('typeless', { rules: [{ http: { paths: [{ path: '/', backend: backend('web', { number: 80 }) }] } }] }),
    ...refused('relative', { rules: [{ http: { paths: [path('shop', 'Prefix'), path('a//b', 'Exact')] } }] }),
    ...refused('dots', { rules: [{ http: { paths: [path('/a/../b', 'Prefix'), path('/a%2fb', 'Prefix')] } }] }),
    ...refused('kinds', { rules: [{ http: { paths: [path('/', 'Other')] } }] }),
    ...refused('address', { rules: [{ host: '10.0.0.1', http: { paths: [path('/', 'Prefix')] } }] }),
    ...refused('stars', { rules: [{ host: '*.*.example.com', http: { paths: [path('/', 'Prefix')] } }] }),
    ...refused('empty', {}),
    ...refused('portless', { defaultBackend: backend('web', {}) }),
    ...refused('both', { defaultBackend: backend('web', { number: 80, name: 'http' }) }),
    ...refused('nothing', { defaultBackend: {} }),
    ...refused('named', { defaultBackend: backend('Web_1', { number: 0 }) }),
    ...refused('hosts', {
      defaultBackend: backend('web', { number: 80 }),
      tls: [{ hosts: ['UPPER.example.com'], secretName: 'a_b' }],
    }),
    file(
      'resource.json',
      ingress('resource', { defaultBackend: { resource: { apiGroup: 'example.com', kind: 'Bucket', name: 'static' } } }),
    ),
    kubectl('create -f resource.json'),
    kubectl('describe ingress resource'),
    file('named.json', ingress('named', { defaultBackend: backend('web', { name: 'http' }), ingressClassName: 'a b' })),
    kubectl('create -f named.json'),
    file('fine.json', ingress('fine', { rules: [{ host: 'a.example.com', http: { paths: [path('/', 'Exact')] } }] })),
    kubectl('apply -f fine.json'),
    kubectl('apply -f fine.json'),
    kubectl('get ingress fine'),
    file(
      'both-classes.json',
      ingress(
        'both-classes',
        { ingressClassName: 'nginx', defaultBackend: backend('web', { number: 80 }) },
        { annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
      ),
    ),
    kubectl('create -f both-classes.json'),
    file(
      'old.json',
      ingress(
        'old',
        { defaultBackend: backend('web', { number: 80 }) },
        { annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
      ),
    ),
    kubectl('create -f old.json'),
    kubectl('get ingress old'),
  ),
  // A default class is everybody's.
  scenarioAlone(
    'ingress: classes and the default one',
    file(
      'classes.json',
      documents(
        ingressClass('plain'),
        ingressClass('first', { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }),
        ingressClass('params', {}, { parameters: { apiGroup: 'example.com', kind: 'Setting', name: 'one', scope: 'Cluster' } }),
      ),
    ),
    kubectl('create -f classes.json'),
    kubectl('get ingressclass {{ns}}-plain {{ns}}-first {{ns}}-params'),
    kubectl('describe ingressclass {{ns}}-params'),
    kubectl('create ingress chosen --rule=a.example.com/=web:80'),
    kubectl('get ingress chosen'),
    kubectl("get ingress chosen '-o=jsonpath={.spec.ingressClassName}'"),
    kubectl('create ingress named --class={{ns}}-plain --rule=a.example.com/=web:80'),
    kubectl('get ingress named'),
    kubectl('patch ingressclass {{ns}}-plain -p {"spec":{"controller":"example.com/other"}}'),
    kubectl('patch ingressclass {{ns}}-plain --type=merge -p {"metadata":{"annotations":{"a":"b"}}}'),
    kubectl('delete ingressclass {{ns}}-plain {{ns}}-first {{ns}}-params'),
    kubectl('create ingress free --rule=a.example.com/=web:80'),
    kubectl('get ingress free'),
  ),
]
