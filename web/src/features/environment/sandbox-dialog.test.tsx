import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ApiError, api } from '~/lib/api'
import { show } from '~/testing/render'
import { SandboxDialog } from './sandbox-dialog'

const refusal = (code: 'SANDBOX_UNCONFIRMED' | 'SANDBOX_SHARED') =>
  new ApiError({ kind: 'refused', status: 403, body: { code, values: { why: 'there is no sandbox for darwin' } } })

test('without a sandbox the owner is told what it means, agrees, and what was refused is asked for again', async () => {
  const post = vi.spyOn(api, 'post').mockResolvedValue(undefined)
  const onAgreed = vi.fn()
  show(<SandboxDialog error={refusal('SANDBOX_UNCONFIRMED')} onAgreed={onAgreed} />)
  expect(screen.getByRole('alertdialog').textContent).toMatch(/rights of the account that runs Wheelhouse/)
  await userEvent.click(screen.getByRole('button', { name: 'I understand, go on' }))
  await vi.waitFor(() => expect(onAgreed).toHaveBeenCalledOnce())
  expect(post).toHaveBeenCalledExactlyOnceWith('/api/sandbox/consent')
  expect(screen.queryByRole('alertdialog')).toBeNull()
})

test('who declines is not asked again, and nothing is sent', async () => {
  const post = vi.spyOn(api, 'post').mockResolvedValue(undefined)
  post.mockClear()
  show(<SandboxDialog error={refusal('SANDBOX_UNCONFIRMED')} onAgreed={() => {}} />)
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByRole('alertdialog')).toBeNull()
  expect(post).not.toHaveBeenCalled()
})

test('a server with more than one learner has nothing to agree to', () => {
  show(<SandboxDialog error={refusal('SANDBOX_SHARED')} onAgreed={() => {}} />)
  expect(screen.queryByRole('alertdialog')).toBeNull()
})
