import { attempt } from './attempt'
import { catalogue } from './catalogue'
import { checkpoints } from './checkpoints'
import { common } from './common'
import { competencies } from './competencies'
import { environment } from './environment'
import { lab } from './lab'
import { doctor, session, settings, shortcuts } from './pages'
import { terminal } from './terminal'

/** Every text of the pages, in English. `zh` has the same keys: the compiler compares them, and so does a test. */
export const en = {
  attempt,
  catalogue,
  checkpoints,
  common,
  competencies,
  doctor,
  environment,
  lab,
  session,
  settings,
  shortcuts,
  terminal,
} as const
