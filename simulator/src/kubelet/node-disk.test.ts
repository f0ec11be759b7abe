import { expect, test } from 'vitest'
import { type DirectoryNode, file } from '../containers/file-system.js'
import { NodeDisk } from './node-disk.js'

test('what one Pod writes below a folder of the node another finds by the longer path', () => {
  const disk = new NodeDisk()
  const shelf = disk.open('/srv/shelf', 'DirectoryOrCreate') as DirectoryNode
  shelf.entries.set('book', file('words'))
  expect(disk.open('/srv/shelf/book', 'File')).toMatchObject({ data: 'words' })
  expect(disk.open('/srv/shelf', 'Directory')).toBe(shelf)
})

test.each([
  ['Directory', '/srv/none', 'hostPath type check failed: /srv/none is not a directory'],
  ['File', '/srv', 'hostPath type check failed: /srv is not a file'],
  ['FileOrCreate', '/srv', 'hostPath type check failed: /srv is not a file'],
  ['Socket', '/run/engine.sock', 'hostPath type check failed: /run/engine.sock is not a socket file'],
])('%s of %s is refused', (type, path, words) => {
  expect(() => new NodeDisk().open(path, type)).toThrow(words)
})

test('without a type nothing is asked, and a folder is made', () => {
  expect(new NodeDisk().open('/srv/new/deep')).toMatchObject({ type: 'directory' })
})
