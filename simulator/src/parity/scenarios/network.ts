/** Services as clients in the cluster meet them. */
import { file, kubectl, scenario, until } from '../scenario.js'

const SERVER = (name: string, more = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web, version: ${name} } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: busybox:1.37
      command: [sh, -c, "mkdir /www; hostname > /www/index.html; exec httpd -f -v -p 8080 -h /www"]
      ports: [{ name: http, containerPort: 8080 }]
${more}`
const CLIENT = `
apiVersion: v1
kind: Pod
metadata: { name: client }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - { name: main, image: busybox:1.37, command: [sleep, infinity] }
    - { name: curl, image: curlimages/curl:8.15.0, command: [sleep, infinity] }
`
const service = (name: string, spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ${spec} }
`
const get = (url: string) => kubectl(`exec client -c main -- wget -T 3 -qO- ${url}`)
const curl = (words: string, differs?: string) => kubectl(`exec client -c curl -- curl -s -m 3 ${words}`, differs)
/** How many different servers ten requests meet. */
const count = (url: string) =>
  kubectl(
    `exec client -c main -- sh -c "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do wget -T 3 -qO- ${url}; done | sort -u | wc -l"`,
  )

export const network = [
  scenario(
    'a Service in front of two Pods',
    file('pods.yaml', `${SERVER('one')}---${SERVER('two')}---${CLIENT}`),
    kubectl('apply -f pods.yaml'),
    until('wait --for=condition=Ready pod --all --timeout=90s'),
    file('web.yaml', service('web', 'selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }]')),
    kubectl('apply -f web.yaml'),
    until('exec client -c main -- wget -T 2 -qO- http://web'),
    count('http://web/'),
    kubectl('exec client -c main -- wget -T 3 -O- http://web/nothing'),
    kubectl('exec client -c main -- wget -T 3 --spider http://web/'),
    kubectl('exec client -c main -- sh -c "wget -T 3 -O /tmp/page http://web/ && wc -l /tmp/page"'),
    kubectl('exec client -c main -- wget -T 3 -qO- http://missing/'),
    kubectl('exec client -c main -- nc -zv web 80'),
    kubectl('exec client -c main -- nc -z -w 2 web 80'),
    kubectl('exec client -c main -- sh -c "echo | nc web 80 | head -1"'),
    curl('-o /dev/null -w "%{http_code} %{size_download} %{num_redirects}" http://web/'),
    kubectl('exec client -c curl -- sh -c "curl -s -m 3 -I http://web/nothing | grep -v Date"'),
    curl('-o /dev/null -w %{http_code} -f http://web/nothing'),
    curl('-o /dev/null -w %{http_code} http://missing/'),
    curl('-o /dev/null -w %{http_code} -H Host:shop.example http://web/'),
    curl('-o /dev/null -w %{http_code} -X DELETE http://web/'),
    curl('-S http://missing/'),
    kubectl('patch service web -p {"spec":{"sessionAffinity":"ClientIP"}}'),
    kubectl('get service web -o jsonpath={.spec.sessionAffinityConfig}'),
    until('exec client -c main -- sleep 1'),
    count('http://web/'),
    kubectl('delete pod one --now'),
    until('exec client -c main -- sleep 1'),
    get('http://web/'),
    kubectl('describe service web'),
    kubectl('delete pod two --now'),
    until('get endpointslices -l kubernetes.io/service-name=web -o jsonpath=ends-{.items[0].endpoints}', 'ends-'),
    until('exec client -c main -- sleep 2'),
    get('http://web/'),
    curl('-o /dev/null -w %{http_code} http://web/'),
    kubectl('exec client -c main -- nc -zvv -w 2 web 80'),
  ),
  scenario(
    'what leads nowhere',
    file('pods.yaml', `${CLIENT}`),
    kubectl('apply -f pods.yaml'),
    kubectl('create service clusterip empty --tcp=80'),
    kubectl('get endpointslices -l kubernetes.io/service-name=empty -o jsonpath={.items[0].endpoints}'),
    until('wait --for=condition=Ready pod --all --timeout=90s'),
    until('-n {{ns}} exec client -c main -- nslookup -type=a empty.{{ns}}.svc.cluster.local'),
    get('http://empty/'),
    curl('-o /dev/null -w %{http_code} http://empty/'),
    kubectl('exec client -c main -- nc -zv empty 80'),
    curl('-o /dev/null -w %{http_code} https://kubernetes.default/'),
    curl('-k -o /dev/null -w %{http_code} https://kubernetes.default/'),
    curl('http://kubernetes.default:443/'),
    curl('-k https://kubernetes.default/api/v1/namespaces/default/pods'),
    kubectl(
      'exec client -c curl -- sh -c "cd /var/run/secrets/kubernetes.io/serviceaccount; curl -s --cacert ca.crt -H \\"Authorization: Bearer none\\" https://kubernetes.default/api"',
      'container shells: words of the shell with quotes inside',
    ),
    kubectl(
      '-n {{ns}} exec client -c curl -- sh -c \'cd /var/run/secrets/kubernetes.io/serviceaccount; curl -s --cacert ca.crt -H "Authorization: Bearer $(cat token)" https://kubernetes.default/api/v1/namespaces/{{ns}}/pods\'',
    ),
    kubectl(
      'exec client -c curl -- sh -c \'cd /var/run/secrets/kubernetes.io/serviceaccount; curl -s --cacert ca.crt -H "Authorization: Bearer $(cat token)" https://kubernetes.default/version | grep gitVersion\'',
    ),
    kubectl(
      "exec client -c curl -- sh -c 'cd /var/run/secrets/kubernetes.io/serviceaccount; curl -s --cacert ca.crt -o /dev/null -w %{http_code} https://kubernetes.default/healthz'",
    ),
  ),
  scenario(
    'node ports and traffic policies',
    file('pods.yaml', `${SERVER('one', '  nodeSelector: { kubernetes.io/os: linux }\n')}---${CLIENT}`),
    kubectl('apply -f pods.yaml'),
    until('wait --for=condition=Ready pod --all --timeout=90s'),
    file(
      'open.yaml',
      service(
        'open',
        'type: NodePort, selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080, nodePort: 30917 }]',
      ),
    ),
    kubectl('apply -f open.yaml'),
    until('exec client -c main -- wget -T 2 -qO- http://open'),
    kubectl("exec client -c main -- sh -c 'wget -T 3 -qO- http://$OPEN_SERVICE_HOST/; env | grep -c ^OPEN_'"),
    kubectl('get service open'),
    kubectl('get service open -o jsonpath={.spec.externalTrafficPolicy}/{.spec.internalTrafficPolicy}'),
    kubectl('patch service open -p {"spec":{"externalTrafficPolicy":"Local"}}'),
    kubectl('patch service open -p {"spec":{"internalTrafficPolicy":"Local"}}'),
    until('exec client -c main -- sleep 1'),
    get('http://open/'),
    kubectl('describe service open'),
    kubectl('patch service open -p {"spec":{"type":"ClusterIP"}}'),
    kubectl('patch service open -p {"spec":{"externalTrafficPolicy":null,"type":"ClusterIP"}}'),
    kubectl('get service open'),
    kubectl('patch service open -p {"spec":{"ipFamilyPolicy":"RequireDualStack"}}'),
    file('dual.yaml', service('dual', 'ipFamilyPolicy: RequireDualStack, ports: [{ port: 80 }]')),
    kubectl('apply -f dual.yaml'),
    file('prefer.yaml', service('prefer', 'ipFamilyPolicy: PreferDualStack, ports: [{ port: 80 }]')),
    kubectl('apply -f prefer.yaml'),
    kubectl('get service prefer -o jsonpath={.spec.ipFamilyPolicy}/{.spec.ipFamilies}'),
    file('six.yaml', service('six', 'ipFamilies: [IPv6], ports: [{ port: 80 }]')),
    kubectl('apply -f six.yaml'),
    file(
      'near.yaml',
      service('near', 'trafficDistribution: PreferClose, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]'),
    ),
    kubectl('apply -f near.yaml'),
    kubectl('get service near -o jsonpath={.spec.trafficDistribution}'),
    file('far.yaml', service('far', 'trafficDistribution: Anywhere, ports: [{ port: 80 }]')),
    kubectl('apply -f far.yaml'),
    kubectl('logs one --tail=1'),
  ),
]
