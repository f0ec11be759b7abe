import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { WatchEvent } from '../api/request.js'
import { processTurns } from '../time/turns.js'
import { streamWatch } from './watch-stream.js'

test('what a reader is sent leaves within the turn of its cluster', async () => {
  const steps: string[] = []
  const response = {
    writeHead: () => undefined,
    flushHeaders: () => undefined,
    on: () => undefined,
    writableLength: 0,
    write: (bytes: Buffer) => steps.push(`write ${String(bytes).trim()}`),
    socket: { uncork: () => steps.push('send') },
  } as unknown as ServerResponse
  const request = { on: () => undefined } as unknown as IncomingMessage
  let onEvent: (event: WatchEvent) => void = () => undefined
  const answer = {
    type: 'watch' as const,
    form: 'json' as const,
    encode: (object: object) => object,
    start: (listener: { onEvent: (event: WatchEvent) => void }) => {
      onEvent = listener.onEvent
      return { stop: () => undefined }
    },
  }
  const cluster = {}
  streamWatch({ answer: answer as never, request, response, turnsOf: cluster })
  onEvent({ type: 'ADDED', object: { kind: 'Pod' } } as unknown as WatchEvent)
  await processTurns.run(cluster, () => steps.push('the next turn'))
  expect(steps).toEqual(['write {"type":"ADDED","object":{"kind":"Pod"}}', 'send', 'the next turn'])
})
