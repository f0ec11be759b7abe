import { checker, type Deployment } from '../../lib/index.js'

/** The file as setup wrote it to `base`. */
const CONTENT = `# How the brochure looks
color.sea=deep blue
color.land=sand
pages=12
show.prices=true
`

export default checker(({ cluster, baseline, expectThat, say }) => {
  const brochure = () => cluster.deployment('brochure', 'brochure')
  return {
    'file-stored': async () => expectThat(await cluster.configMap('brochure', 'ui'), "data['app.properties']").is(CONTENT),
    'file-served': async () => {
      // Read for the judgement of settling alone: a rollout in progress explains a wrong answer.
      await brochure()
      const answer = await cluster.curlFrom('brochure/client', 'http://brochure/files/app.properties')
      expectThat(answer, 'status').is(200)
      expectThat(answer, 'body').is(CONTENT.trimEnd())
    },
    'mounted-from-configmap': async () => {
      const seeWith = 'kubectl -n brochure describe deployment brochure'
      expectThat(configMapsAt(await brochure(), '/files'), say('mounted'), { seeWith }).contains('ui')
    },
    'same-deployment': async () => expectThat(await brochure()).isOriginal(baseline.find('Deployment', 'brochure', 'brochure')),
  }
})

/** The ConfigMaps whose volumes are mounted at a folder, or file by file in it. */
function configMapsAt(deployment: Deployment, folder: string): string[] {
  const spec = deployment.spec?.template?.spec
  const mounts = spec?.containers[0]?.volumeMounts?.filter((mount) => `${mount.mountPath}/`.startsWith(`${folder}/`)) ?? []
  return mounts.flatMap(({ name }) => {
    const volume = spec?.volumes?.find((one) => one.name === name)
    const projected = volume?.projected?.sources?.flatMap((source) => source.configMap?.name ?? []) ?? []
    return [...projected, ...(volume?.configMap?.name ? [volume.configMap.name] : [])]
  })
}
