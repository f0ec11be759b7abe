import type { Scenario } from '../scenario.js'
import { access } from './access.js'
import { apiThemes } from './api.js'
import { authorization } from './authorization.js'
import { configuration } from './configuration.js'
import { connections } from './connections.js'
import { controllers } from './controllers.js'
import { customResources } from './custom-resources.js'
import { details } from './details.js'
import { dns } from './dns.js'
import { ingresses } from './ingress.js'
import { lifeThemes } from './life.js'
import { network } from './network.js'
import { parts } from './parts.js'
import { pods } from './pods.js'
import { policies } from './policies.js'
import { policiesNetwork } from './policies-network.js'
import { services } from './services.js'
import { workloads } from './workloads.js'

/** By theme: each has a recording of its own, `data/parity/THEME.json`. */
export const themes: Record<string, Scenario[]> = {
  pods,
  workloads,
  controllers,
  services,
  network,
  connections,
  dns,
  ingress: ingresses,
  'policies-network': policiesNetwork,
  configuration,
  access,
  policies,
  parts,
  'custom-resources': customResources,
  authorization,
  details,
  ...apiThemes,
  ...lifeThemes,
}
