/** No API is aggregated here: what an APIService hands on to a Service is served as unavailable, as an aggregator does that cannot reach it. */
import { fieldsOf, type KubeObject } from '../../objects/object.js'
import { timestamp } from '../../time/clock.js'
import type { StorageHooks, WriteEvent } from '../context.js'

interface ApiService extends KubeObject {
  spec: { service?: { namespace?: string; name?: string; port?: number } }
}

const LOCAL = { status: 'True', reason: 'Local', message: 'Local APIServices are always available' }

/** @see kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go */
function availability({ context, object }: WriteEvent): { status: string; reason: string; message: string } {
  const { service } = (object as ApiService).spec
  if (!service) return LOCAL
  const { namespace = '', name = '', port = 443 } = service
  if (!context.store.get('services', `${namespace}/${name}`))
    return {
      status: 'False',
      reason: 'ServiceNotFound',
      message: `service/${name} in ${JSON.stringify(namespace)} is not present`,
    }
  const address = `https://${name}.${namespace}.svc:${port}`
  const message = `failing or missing response from ${address}: the simulated cluster aggregates no APIs`
  return { status: 'False', reason: 'FailedDiscoveryCheck', message }
}

function judge(event: WriteEvent): void {
  const { spec } = event.object as ApiService
  // What a fresh cluster holds says it already.
  if (!spec.service && fieldsOf(event.object).status !== undefined) return
  const lastTransitionTime = timestamp(event.context.clock.now())
  fieldsOf(event.object).status = { conditions: [{ type: 'Available', lastTransitionTime, ...availability(event) }] }
}

export const apiServiceHooks: StorageHooks = { beforeCreate: judge, beforeUpdate: judge }
