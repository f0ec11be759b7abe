import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { lab } from '~/testing/fixtures'
import { show } from '~/testing/render'
import { StartPanel } from './start-panel'

const needsNodes = (engine: string) => ({
  key: 'lab.unsupported.needs',
  text: { en: 'This lab needs real nodes.', zh: '此实验需要真实节点。' },
  values: { engine, need: 'nodes' },
})
const panel = (engine: string) => (
  <StartPanel lab={lab({ unsupported: needsNodes(engine) })} returning={false} busy={false} error={null} onStart={() => {}} />
)

test('a lab that the simulated engine cannot run says why, offers kind, and has no button to start', () => {
  show(panel('simulated'))
  expect(screen.getByText('npm start -- --engine kind')).toBeTruthy()
  expect(screen.getByText(/Install Docker or Podman/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Start the lab' })).toBeNull()
})

test('kind is not offered where it is the engine that cannot run the lab', () => {
  show(panel('kind'))
  expect(screen.queryByText('npm start -- --engine kind')).toBeNull()
})
