/** What lives behind the API: controllers, scheduler and kubelet. */
import type { Scenario } from '../scenario.js'
import { autoscaling } from './autoscaling.js'
import { certificates } from './certificates.js'
import { claims } from './claims.js'
import { daemonSets } from './daemons.js'
import { disruptions } from './disruptions.js'
import { endpoints } from './endpoints.js'
import { jobs } from './jobs.js'
import { owners } from './owners.js'
import { podConfiguration } from './pod-configuration.js'
import { podLife } from './pod-life/index.js'
import { podTools } from './pod-tools.js'
import { rollouts } from './rollouts.js'
import { scheduling } from './scheduling.js'
import { sets } from './sets.js'

export const lifeThemes: Record<string, Scenario[]> = {
  rollouts,
  sets,
  daemons: daemonSets,
  jobs,
  autoscaling,
  endpoints,
  owners,
  claims,
  disruptions,
  certificates,
  scheduling,
  'pod-life': podLife,
  'pod-configuration': podConfiguration,
  'pod-tools': podTools,
}
