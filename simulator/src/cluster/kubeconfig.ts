import { stringify } from 'yaml'
import type { KeyPair } from '../access/certificates.js'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export interface KubeconfigOptions {
  server: string
  caPem: string
  user: string
  credentials: KeyPair
  /** The name by which TLS verifies the server, where `server` has another. */
  tlsServerName?: string
}

/** A kubeconfig as kubeadm writes it. */
export function kubeconfigOf({ server, caPem, user, credentials, tlsServerName }: KubeconfigOptions): string {
  const cluster = {
    'certificate-authority-data': base64(caPem),
    server,
    ...(tlsServerName ? { 'tls-server-name': tlsServerName } : {}),
  }
  const context = `${user}@kubernetes`
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'kubernetes', cluster }],
    contexts: [{ name: context, context: { cluster: 'kubernetes', user } }],
    'current-context': context,
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(credentials.certificatePem), 'client-key-data': base64(credentials.keyPem) },
      },
    ],
  })
}
