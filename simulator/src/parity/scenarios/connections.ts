/** nc on both sides of a connection. */
import { file, kubectl, scenario, until } from '../scenario.js'

/** Servers of one line each, at a port of their own, and a client. */
const PODS = `
apiVersion: v1
kind: Pod
metadata: { name: lines, labels: { app: lines } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - { name: echo, image: busybox:1.37, command: [nc, -lk, -p, "5000", -e, cat] }
    - { name: pong, image: busybox:1.37, command: [sh, -c, "while true; do echo pong | nc -l -p 5001; done"] }
    - { name: datagrams, image: busybox:1.37, command: [nc, -lu, -p, "5002", -e, cat] }
    - { name: silent, image: busybox:1.37, command: [nc, -lk, -p, "5003", -e, sleep, "100"] }
    - name: ticks
      image: busybox:1.37
      command: [nc, -lk, -p, "5004", -e, sh, -c, 'printf "HTTP/1.0 200 OK\\r\\n\\r\\n"; while sleep 1; do echo tick; done']
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
---
apiVersion: v1
kind: Service
metadata: { name: lines }
spec: { clusterIP: None, selector: { app: lines }, ports: [{ port: 80 }] }
`
const say = (line: string) => kubectl(`exec client -- sh -c '${line}'`)

export const connections = [
  scenario(
    'nc on both sides',
    file('pods.yaml', PODS),
    kubectl('apply -f pods.yaml'),
    until('wait --for=condition=Ready pod --all --timeout=90s'),
    until('exec client -- nc -z lines 5000'),
    say('echo ping | nc lines 5000'),
    say('echo ping | nc lines 5001'),
    say('echo ping | nc -u -w 1 lines 5002'),
    say('echo ping | nc -w 1 lines 5003; echo $?'),
    kubectl('exec client -- nc -z -w 2 lines 81'),
    kubectl('exec client -- nc -zv lines 81'),
    kubectl('exec client -- nc -zvv lines 81'),
    kubectl('exec client -- nc -zv nobody 81'),
    kubectl('exec client -- nc -z lines 80-90'),
    kubectl('exec client -- nc -zu lines 81'),
    kubectl('exec client -- nc -l -w 1 -p 5005'),
    say('wget -qO- http://lines:5004/ | head -1'),
    say('wget -T 1 -qO- http://lines:5003/'),
  ),
]
