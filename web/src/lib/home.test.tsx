import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { LabHtml } from '~/components/lab-html'
import { show } from '~/testing/render'
import { HomeContext } from './home'

const HTML = '<p>Write to <code>/home/candidate/answers/a.txt</code>.</p><button data-run="cat /home/candidate/a">Run</button>'

test('a text of a lab names the home as it is called where the shells run', () => {
  show(<LabHtml html={HTML} />)
  expect(screen.queryByText('/home/candidate/answers/a.txt')).not.toBeNull()
  show(
    <HomeContext value="$HOME">
      <LabHtml html={HTML} />
    </HomeContext>,
  )
  expect(screen.queryByText('$HOME/answers/a.txt')).not.toBeNull()
  expect(screen.getAllByRole('button', { name: 'Run' }).at(-1)?.getAttribute('data-run')).toBe('cat $HOME/a')
})
