import { checker, type Pod } from '../../lib/index.js'

const ANSWERS = '/home/candidate/answers/radio'
/** What buoy-3 logs before it ends, in setup/20-objects.yaml. The log itself is lost with the container's next restart. */
const LAST_WORDS = 'saltwater in compartment 2, going dark'

export default checker(({ cluster, baseline, machine, expectThat }) => ({
  'errors-saved': async () => {
    const log = await cluster.logs('radio/receiver', { container: 'decoder' })
    const errors = log.text.split('\n').filter((line) => line.includes('ERROR'))
    expectThat(await machine('base').file(`${ANSWERS}/errors.txt`), 'lines').is(errors)
  },
  'restarted-named': async () => {
    // As it was when setup ended: every restart of the whole environment adds one to each buoy.
    const [restarted] = baseline.list('Pod', 'radio', 'app=buoy').filter((pod) => (state(pod)?.restartCount ?? 0) > 0)
    if (!restarted) throw new Error('no buoy had been restarted when setup ended')
    const wanted = `${restarted.metadata?.name} ${state(restarted)?.lastState?.terminated?.exitCode}`
    expectThat(await machine('base').file(`${ANSWERS}/restarted.txt`), 'lines').is([wanted])
  },
  'last-words-saved': async () => {
    expectThat(await machine('base').file(`${ANSWERS}/last-words.txt`), 'lines').is([LAST_WORDS])
  },
  'radio-kept': async () => {
    for (const pod of baseline.list('Pod', 'radio')) {
      expectThat(await cluster.pod('radio', pod.metadata?.name ?? '')).isOriginal(pod)
    }
  },
}))

const state = (pod: Pod) => pod.status?.containerStatuses?.[0]
