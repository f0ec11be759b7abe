import { screen } from '@testing-library/react'
import type { EnvironmentState } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { show } from '~/testing/render'
import { IdleNotice } from './idle-notice'

const stopsIn = (minutes: number): EnvironmentState => ({ phase: 'ready', idleDeadlineMs: Date.now() + minutes * 60_000 })

test.each([
  [4, false, true],
  [8, false, false],
  // Where the operator has it announced earlier.
  [8, true, true],
])('%d minutes before the stop, announced: %s, the countdown is shown: %s', (minutes, announced, shown) => {
  show(<IdleNotice state={stopsIn(minutes)} announced={announced} busy={false} onKeep={() => {}} />)
  expect(screen.queryByText('Still there?') !== null).toBe(shown)
})
