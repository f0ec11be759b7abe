import { conditions, manifest } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

/** A request of `/O=dev/CN=parity-ann`, whose key nobody has kept. */
const REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQ2FEQ0NBVkFDQVFBd0l6RU1NQW9HQTFVRUNnd0RaR1YyTVJNd0VRWURWUVFEREFwd1lYSnBkSGt0WVc1dQpNSUlCSWpBTkJna3Foa2lHOXcwQkFRRUZBQU9DQVE4QU1JSUJDZ0tDQVFFQXllbWZ2S1g2QkVkZHI4L0MxSjVYClpkKy9ncmROTHZrVmdUbFdkMmsvaG9PVGRpczgvZnJGZDdXUkk4b0RaUmVFMVIxc1IvUVk4MngxZnd2dWtmQWEKTCsrVXZOV3h4OUlvQlN1TEU2bHNqYWJJMkZDMFNNb05KVzE1YzUyakFDVmVnamxIQmpBVXpHdFdIZzFXUW0weQpnblI0aWl0ZXVkczJMM3FrdE0rUXFLM3BMejVRZDl3elYxMlJhL3VvREJYM1ZMOHJ2SlVrRm9mdzJXTnF2WC9UCkkrRHpJY3lDOVdlZ1FqVWFSTnlud3hrdmYreDJuamV0YU1zd2ZBS044eTdCVnA0aHc0cXBYeGxqZjdMSTlnYzIKV2VscXlyQ05BaTVZclUzcXZXVmdPWmRSMUVreG5NVU9PYWRIdjFsV3A4c0lYSnFheXgveURhS0lXYkI2OG8ySwp5d0lEQVFBQm9BQXdEUVlKS29aSWh2Y05BUUVMQlFBRGdnRUJBRE5wTXE4MEFIRHlLcTM1b0NiOURDcTNsUU12CkRXaEF1U3IxWHVvR1FYb2FiOERVR0puWVdmMkNlNGNrT0MrNTMwTzlScXNudEd6alJURGo3NjZQMkt3YmZMbVgKMVhydFJQckVRRUVYMmdGR1RZQ0syN09wTnovLzhxbnoyZXQxVUJVMXZjc3l5OFA0RER2RVpSbFBHaUpQd2NJVgpNdjlSZnVkZnVVTWp1MHgzc2w3dUdSVGtCMUpJTzUrYklzTlpIdUJSdC8xbnAzN1E2eHl6TTNHYkdxNDhDNThKCnhmRytBL0VVSG8xK0NmL3JwMmpRZjdmbWNZVG5JU2h0cEF5ZXZoV1V2aUc1ckxXNzVUS2dQbU1NdFgwSVFLMVEKaUNNcW5nVGlmYzd4cDd3bUw5MzcrZFRSUG9hN3BwVDdGc240aC9WWk9TRnpJZFl2eHJwU1BPdUZaYzA9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo='
const CLIENT = 'kubernetes.io/kube-apiserver-client'
const asked = (name: string, signerName: string, more: Record<string, unknown> = {}) =>
  file(
    `${name}.json`,
    manifest('certificates.k8s.io/v1', 'CertificateSigningRequest', {
      metadata: { name: `{{ns}}-${name}` },
      spec: { request: REQUEST, signerName, usages: ['client auth'], ...more },
    }),
  )

export const certificates = [
  scenario(
    'certificates: asked for, approved, signed',
    asked('ann', CLIENT, { expirationSeconds: 3600 }),
    kubectl('create -f ann.json'),
    kubectl('get csr {{ns}}-ann'),
    kubectl('describe csr {{ns}}-ann'),
    kubectl('certificate approve {{ns}}-ann'),
    until("get csr {{ns}}-ann '-o=jsonpath={.status.certificate}'", 'LS0t'),
    kubectl('get csr {{ns}}-ann'),
    kubectl(conditions('csr {{ns}}-ann')),
    kubectl('certificate approve {{ns}}-ann'),
    kubectl('certificate deny {{ns}}-ann'),
    kubectl('describe csr {{ns}}-ann'),
    asked('denied', CLIENT),
    kubectl('create -f denied.json'),
    kubectl('certificate deny {{ns}}-denied'),
    kubectl('get csr {{ns}}-denied'),
    kubectl(conditions('csr {{ns}}-denied')),
    kubectl("get csr {{ns}}-denied '-o=jsonpath=[{.status.certificate}]'"),
    asked('wrong', CLIENT, { usages: ['server auth'] }),
    kubectl('create -f wrong.json'),
    kubectl('certificate approve {{ns}}-wrong'),
    until(conditions('csr {{ns}}-wrong'), 'Failed'),
    kubectl('get csr {{ns}}-wrong'),
    kubectl(conditions('csr {{ns}}-wrong')),
    asked('foreign', 'example.com/signer'),
    kubectl('create -f foreign.json'),
    kubectl('certificate approve {{ns}}-foreign'),
    kubectl('get csr {{ns}}-foreign'),
    asked('short', CLIENT, { expirationSeconds: 60 }),
    kubectl('create -f short.json'),
    asked('garbage', CLIENT, { request: 'Z2FyYmFnZQ==' }),
    kubectl('create -f garbage.json'),
    kubectl('certificate approve {{ns}}-none'),
    kubectl('delete csr {{ns}}-ann {{ns}}-denied {{ns}}-wrong {{ns}}-foreign'),
  ),
]
