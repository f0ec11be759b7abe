import { clone, keyOf } from '../objects/object.js'
import { ignoreMissing } from '../objects/status.js'
import { defineController, done } from './runtime/controller.js'

const TYPE = 'kubernetes.io/service-account-token'
const NAME = 'kubernetes.io/service-account.name'
const UID = 'kubernetes.io/service-account.uid'

/** A token without an end, bound to the Secret that holds it. */
export type IssueForSecret = (wanted: {
  namespace: string
  account: { name: string; uid: string }
  secret: { name: string; uid: string }
}) => string

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/**
 * Fills Secrets that ask for the token of a ServiceAccount, and deletes those whose account is gone.
 * Models pkg/controller/serviceaccount/tokens_controller.go (v1.36).
 */
export const tokenSecretController = (caPem: string, issue: IssueForSecret) =>
  defineController({
    name: 'token-controller',
    reconciles: 'Secret',
    watches: {
      ServiceAccount: ({ object }, informers) =>
        informers
          .list('Secret', object.metadata.namespace)
          .filter(({ metadata }) => metadata.annotations?.[NAME] === object.metadata.name)
          .map(keyOf),
    },
    async reconcile({ client, informers }, key) {
      const secret = informers.get('Secret', key)
      if (secret?.type !== TYPE || secret.metadata.deletionTimestamp) return done
      const { name, uid, namespace = '', annotations } = secret.metadata
      const account = informers.get('ServiceAccount', `${namespace}/${annotations?.[NAME]}`)
      if (!account || (annotations?.[UID] && annotations[UID] !== account.metadata.uid)) {
        await client.delete('Secret', key, { uid }).catch(ignoreMissing)
        return done
      }
      const data = secret.data as Record<string, string> | undefined
      if (data?.token && data['ca.crt'] && data.namespace && annotations?.[UID]) return done
      const token = issue({ namespace, account: account.metadata, secret: { name, uid } })
      const copy = clone(secret)
      copy.metadata.annotations = { ...annotations, [UID]: account.metadata.uid }
      copy.data = { 'ca.crt': base64(caPem), namespace: base64(namespace), token: data?.token ?? base64(token) } as never
      await client.update('Secret', copy)
      return done
    },
  })
