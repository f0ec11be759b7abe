import { expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()
const create = (name: string, reference: string, mount: object = {}) => {
  const volumeMounts = [{ name: 'site', mountPath: '/site', ...mount }]
  const volumes = [{ name: 'site', image: { reference } }]
  return live.create('Pod', name, { spec: { containers: [shell('sleep infinity', { volumeMounts })], volumes } })
}

test('an image is a volume that can be read and not written', async () => {
  await create('reader', 'httpd:2.4', { subPath: 'usr/local/apache2' })
  await live.pass(5)
  expect(await live.exec('reader', 'cat /site/conf/httpd.conf | head -n 1; touch /site/new')).toBe(
    'Listen 80\ntouch: /site/new: Read-only file system\n',
  )
  expect(await live.events('reader')).toContain('Normal Pulling Pulling image "httpd:2.4"')
})

test('one that is not there keeps its container waiting, as an image of its own would', async () => {
  await create('hopeful', 'nowhere/none:1')
  await live.pass(6)
  const [status] = (await live.get('Pod', 'hopeful')).status?.containerStatuses ?? []
  expect(status?.state?.waiting?.reason).toBe('ImagePullBackOff')
  expect(await live.events('hopeful')).toContain('Warning Failed Error: ErrImagePull')
})
