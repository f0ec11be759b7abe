import { DoctorReport } from '@wheelhouse/protocol'
import type { App, AppParts } from '../types.js'

/** What is wrong with this computer, for who runs the server. */
export async function doctorRoutes(app: App, parts: AppParts): Promise<void> {
  app.get('/api/doctor', { config: { access: 'owner' }, schema: { response: { 200: DoctorReport } } }, () => parts.doctor())
}
