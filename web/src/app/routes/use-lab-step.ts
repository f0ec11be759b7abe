import { useNavigate, useSearch } from '@tanstack/react-router'
import type { AttemptView, LabView } from '@wheelhouse/protocol'
import { useKeepStep } from '~/features/attempt/attempt'
import { stepIndex } from '~/features/instructions/lab'

/** The step that is shown: the one in the address, else where the learner was, else the first. Going to one is kept in both. */
export function useLabStep(lab: LabView, attempt: AttemptView | undefined) {
  const { step } = useSearch({ from: '/labs/$lab' })
  const navigate = useNavigate({ from: '/labs/$lab' })
  const keep = useKeepStep(attempt?.id ?? '')
  const index = stepIndex(lab, step ?? attempt?.step)
  const goTo = (at: number) => {
    const target = lab.steps[at]
    if (!target || at === index) return
    void navigate({ search: { step: target.id }, replace: true })
    if (attempt) keep.mutate(target.id)
  }
  return { index, goTo }
}
