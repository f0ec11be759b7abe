/** The browser application: its files, and its one page for every address that is not the interface's. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { LabError } from '@wheelhouse/protocol'
import type { App, AppParts } from './types.js'

const YEAR_SECONDS = 31_536_000

export async function pages(app: App, { webDirectory }: Pick<AppParts, 'webDirectory'>): Promise<void> {
  const isBuilt = existsSync(join(webDirectory, 'index.html'))
  await app.register(fastifyStatic, { root: webDirectory, serve: false, index: false })
  app.get('/*', { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
    const path = decodeURIComponent(request.url.split('?')[0] ?? '/')
    if (path.startsWith('/api/')) throw new LabError('NOT_FOUND')
    if (!isBuilt) return reply.code(503).type('text/plain').send('The pages are not built. Run: npm run build\n')
    // Names of assets carry a hash of their content, so they never change.
    if (path.startsWith('/assets/'))
      return reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).sendFile(path)
    reply.header('cache-control', 'no-cache')
    return path !== '/' && existsSync(join(webDirectory, path)) && !path.endsWith('/') && !path.includes('..')
      ? reply.sendFile(path)
      : reply.sendFile('index.html')
  })
}
