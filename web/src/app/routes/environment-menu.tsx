import { useNavigate } from '@tanstack/react-router'
import type { EnvironmentView } from '@wheelhouse/protocol'
import { useState } from 'react'
import { CheckpointsDialog } from '~/features/checkpoints/checkpoints-dialog'
import { EnvironmentChip } from '~/features/environment/environment-chip'
import { useSession } from '~/features/session/session'

interface EnvironmentMenuProps {
  environment: EnvironmentView
  labTitle: string
  /** Names a task of the lab in the reader's language. */
  titleOf: (task: string) => string
}

/** The environment in the header, with its kept states where the engine keeps any. */
export function EnvironmentMenu({ environment, labTitle, titleOf }: EnvironmentMenuProps) {
  const navigate = useNavigate()
  const [open, setOpen] = useState(false)
  const keeps = useSession()?.engine.checkpoints === true && environment.state.phase === 'ready'
  const handleFork = (id: string) => {
    setOpen(false)
    void navigate({ to: '/environments/$environment', params: { environment: id } })
  }
  return (
    <>
      <EnvironmentChip environment={environment} labTitle={labTitle} {...(keeps ? { onCheckpoints: () => setOpen(true) } : {})} />
      {open && keeps ? (
        <CheckpointsDialog environment={environment.id} titleOf={titleOf} onFork={handleFork} onClose={() => setOpen(false)} />
      ) : null}
    </>
  )
}
