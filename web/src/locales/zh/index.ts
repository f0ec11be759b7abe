import type { en } from '../en'
import type { Translation } from '../translation'
import { attempt } from './attempt'
import { catalogue } from './catalogue'
import { checkpoints } from './checkpoints'
import { common } from './common'
import { competencies } from './competencies'
import { environment } from './environment'
import { lab } from './lab'
import { doctor, session, settings, shortcuts } from './pages'
import { terminal } from './terminal'

export const zh: Translation<typeof en> = {
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
}
