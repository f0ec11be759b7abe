import { checker } from '../../lib/index.js'

/** A log may lag behind by some seconds, but one that has said nothing for this long has stopped. */
const LATEST_SECONDS = 15
/** As a learner would look. */
const SEE = { seeWith: 'kubectl -n beacon logs ticker --timestamps --tail=20' }
const SEE_ALL = { seeWith: 'kubectl -n beacon logs ticker | sort | uniq -c' }
/** Below this many lines nothing can be said of their pace. */
const FEWEST_LINES = 4
/** Enough for whatever was said before the first tick; a log that has been ticking for hours is long. */
const BEGINNING_BYTES = 4_096

/** A loop that prints a line a second, judged by the times that the kubelet wrote down, not by the command's text. */
export default checker(({ cluster, eventually, expectThat, say }) => {
  const ticker = () => cluster.pod('beacon', 'ticker')
  // On a busy computer a log lags behind by some seconds.
  const ticking = async () => {
    const [log, beginning] = await Promise.all([
      cluster.logs('beacon/ticker', { tail: 20, timestamps: true }),
      cluster.logs('beacon/ticker', { firstBytes: BEGINNING_BYTES }),
    ])
    const lines = stampedLines(log.text)
    const texts = [...lines.map(({ text }) => text), ...wholeLines(beginning.text)]
    // Told without the lines themselves and their growing number: what changes every second never settles.
    expectThat(lines.length > 0 && texts.every((text) => text === 'tick'), say('only-ticks'), SEE_ALL).isTrue()
    expectThat(Math.min(lines.length, FEWEST_LINES), say('lines'), SEE).isAtLeast(FEWEST_LINES)
    if (lines.length < FEWEST_LINES) return
    const gap = secondsBetween(lines)
    expectThat(gap, say('gap'), SEE).satisfies((seconds: number) => seconds > 0.7 && seconds < 1.5, say('about-one'))
    // One that has stopped ticking has a log that looks as good as ever.
    const latest = await cluster.logs('beacon/ticker', { tail: 1, sinceSeconds: LATEST_SECONDS })
    expectThat(latest).contains('tick')
  }
  return {
    'stays-up': async () => {
      const pod = await ticker()
      expectThat(pod, 'spec.containers').hasLength(1)
      expectThat(pod, 'spec.containers[0].image').isImage('busybox:1.37')
      expectThat(pod, 'status.conditions[type=Ready].status').is('True')
      expectThat(pod, 'status.containerStatuses[0].restartCount').is(0)
      // One that ends after its first tick is ready for a moment, too.
      const { text } = await cluster.logs('beacon/ticker', { tail: 2 })
      expectThat(Math.min(stampedLines(text).length, 2), say('lines'), SEE).isAtLeast(2)
    },
    ticks: () => eventually(ticking, { quietSeconds: 5 }),
    'never-restarts': async () => expectThat(await ticker(), 'spec.restartPolicy').is('Never'),
    'asks-for-little': async () => {
      const pod = await ticker()
      expectThat(pod, 'spec.containers[0].resources.requests.cpu').isQuantity('10m')
      expectThat(pod, 'spec.containers[0].resources.requests.memory').isQuantity('16Mi')
    },
  }
})

interface StampedLine {
  atMs: number
  text: string
}

const stampedLines = (log: string): StampedLine[] =>
  log
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ atMs: Date.parse(line.slice(0, line.indexOf(' '))), text: line.slice(line.indexOf(' ') + 1).trimEnd() }))

/** The last one may have been cut off. */
const wholeLines = (text: string): string[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')

/** From one line to the next in most cases, to a tenth of a second: two at once and a long pause are no second, whatever the mean. */
function secondsBetween(lines: StampedLine[]): number {
  const gaps = lines.slice(1).map(({ atMs }, index) => atMs - (lines[index]?.atMs ?? 0))
  return Math.round((gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0) / 100) / 10
}
