import { checker } from '../../lib/index.js'

/** The pages as setup wrote them to `base`. */
const PAGES = {
  'index.html': '<h1>Welcome aboard</h1><p>Ferries between the islands, every day of the year.</p>',
  'timetable.html': '<h1>Timetable</h1><p>Pier 4: 07:10, 09:40, 12:10, 14:40, 17:10</p>',
  'contact.html': '<h1>Contact</h1><p>Harbour office, pier 1</p>',
}

/** What stands in the draft that is not to be published. */
const DRAFT = 'not public'

export default checker(({ cluster, baseline, expectThat, say }) => {
  const web = () => cluster.deployment('website', 'web')
  return {
    'pages-stored': async () => {
      const pages = await cluster.configMap('website', 'pages')
      for (const [name, content] of Object.entries(PAGES)) expectThat(pages, `data['${name}']`).is(`${content}\n`)
      const drafts = Object.keys(pages.data ?? {}).filter((name) => pages.data?.[name]?.includes(DRAFT))
      const seeWith = 'kubectl -n website get configmap pages -o yaml'
      expectThat(drafts, say('drafts'), { seeWith }).isEmpty()
    },
    'pages-served': async () => {
      expectThat(await web(), 'status.availableReplicas').is(2)
      const pods = await cluster.pods('website', 'app=web')
      // Every Pod by its own address: behind the Service, a right one could hide a wrong one.
      const addresses = pods.filter(({ metadata }) => !metadata?.deletionTimestamp).flatMap(({ status }) => status?.podIP ?? [])
      const pages = addresses.flatMap((address) =>
        Object.entries(PAGES).map(async ([name, content]) => {
          const path = name === 'index.html' ? '' : name
          return { content, answer: await cluster.curlFrom('website/client', `http://${address}/${path}`) }
        }),
      )
      for (const { content, answer } of await Promise.all(pages)) expectThat(answer).is(content)
    },
    'stock-image': async () => {
      const deployment = await web()
      expectThat(deployment).isOriginal(baseline.find('Deployment', 'website', 'web'))
      expectThat(deployment, 'spec.template.spec.containers[0].image').isImage('nginx:1.28')
      expectThat(deployment, 'spec.template.spec.containers[0].command').isAbsent()
      expectThat(deployment, 'spec.template.spec.containers[0].args').isAbsent()
    },
  }
})
