/** Signs what was approved, for the signers of kubernetes.io. Models pkg/controller/certificates/signer and approver (v1.36). */
import { pemOf, type RequestFacts, readCertificateRequest } from '../access/certificate-request.js'
import type { CertificateSigningRequest } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { defineController, done } from './runtime/controller.js'

export type Sign = (csrPem: string, options: { usages: string[]; seconds: number }) => Promise<string>

const YEAR_S = 365 * 24 * 3600
const CLIENT = 'kubernetes.io/kube-apiserver-client'
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet'
const KUBELET_SERVING = 'kubernetes.io/kubelet-serving'

/** What is wrong with the use that a client asks for. */
function clientProblem(usages: string[]): string | undefined {
  const wrong = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage))
  if (wrong) return `invalid usage for client certificate: ${wrong}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

function kubeletProblem(request: RequestFacts, usages: string[], serving: boolean): string | undefined {
  if (request.organizations.join() !== 'system:nodes') return 'subject organization is not system:nodes'
  const hosts = request.dnsNames.length + request.addresses.length
  if (serving && hosts === 0) return 'DNS or IP subjectAltName is required'
  if (!serving && hosts > 0) return `${request.dnsNames.length ? 'DNS' : 'IP'} subjectAltNames are not allowed`
  if (request.emails.length) return 'Email subjectAltNames are not allowed'
  if (request.uris.length) return 'URI subjectAltNames are not allowed'
  if (!request.commonName.startsWith('system:node:')) return 'subject common name does not begin with system:node:'
  const needed = ['digital signature', serving ? 'server auth' : 'client auth']
  const allowed = [...needed, 'key encipherment']
  const fits = needed.every((usage) => usages.includes(usage)) && usages.every((usage) => allowed.includes(usage))
  return fits ? undefined : `usages did not match [${[...allowed].sort().join(' ')}]`
}

function problemOf({ spec }: CertificateSigningRequest): string | undefined {
  const usages = spec.usages ?? []
  if (spec.signerName === CLIENT) return clientProblem(usages)
  const request = readCertificateRequest(pemOf(spec.request))
  return kubeletProblem(request, usages, spec.signerName === KUBELET_SERVING)
}

const isTrue = ({ status }: CertificateSigningRequest, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type && each.status === 'True') === true

export const certificateSigner = (sign: Sign) =>
  defineController({
    name: 'certificate-controller',
    reconciles: 'CertificateSigningRequest',
    async reconcile({ client, informers, clock }, name) {
      const request = informers.get('CertificateSigningRequest', name)
      if (!request || !isTrue(request, 'Approved') || isTrue(request, 'Failed') || request.status?.certificate) return done
      if (![CLIENT, KUBELET_CLIENT, KUBELET_SERVING].includes(request.spec.signerName)) return done
      const problem = problemOf(request)
      const { spec, status } = request
      if (problem) {
        const at = timestamp(clock.now())
        const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: problem, lastUpdateTime: at }
        await client.updateStatus('CertificateSigningRequest', {
          ...request,
          status: { ...status, conditions: [...(status?.conditions ?? []), failed] },
        })
        return done
      }
      const options = { usages: spec.usages ?? [], seconds: Math.min(spec.expirationSeconds ?? YEAR_S, YEAR_S) }
      const certificate = Buffer.from(await sign(pemOf(spec.request), options)).toString('base64')
      await client.updateStatus('CertificateSigningRequest', { ...request, status: { ...status, certificate } })
      return done
    },
  })
