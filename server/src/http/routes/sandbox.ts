/** The owner's word that shells may run without a sandbox, where the engine has none. */
import { learnerFrom } from '../sessions.js'
import type { App, AppParts } from '../types.js'

export async function sandboxRoutes(app: App, parts: AppParts): Promise<void> {
  app.post('/api/sandbox/consent', { config: { access: 'owner' } }, async (request, reply) => {
    await parts.sandboxConsent.confirm(learnerFrom(request).id)
    return reply.code(204).send()
  })
}
