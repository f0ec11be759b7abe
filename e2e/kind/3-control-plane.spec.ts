import { LabPage } from '../support/lab-page.js'
import { BUILDING_MS, deleteEnvironments, expect, test } from './kind-test.js'

test('ts-control-plane: the scheduler is repaired over ssh, in the terminal of the browser', async ({
  browser,
  server,
  noise,
}) => {
  const link = /http\S+/.exec(await server.command('learner', 'link', 'owner'))?.[0] ?? ''
  const context = await browser.newContext()
  noise.listen(context)
  const page = await context.newPage()
  await page.goto(link)
  const lab = new LabPage(page)
  await lab.open('Repair the control plane')
  await lab.start()
  await lab.ready(BUILDING_MS)

  await lab.showTask('Gauges without a place')
  await expect(lab.tasks.getByText('Breaks something on purpose')).toBeVisible()
  await lab.tasks.getByRole('button', { name: 'Start the task: Gauges without a place' }).click()
  await lab.checkTask('Gauges without a place')
  await expect(lab.check(/^Not (yet|right): The scheduler of controlplane is healthy/)).toBeVisible()

  await lab.enterTerminal()
  await lab.type('ssh controlplane')
  await expect(lab.screen).toContainText('candidate@controlplane')
  await lab.type('sudo -i')
  await expect(lab.screen).toContainText('root@controlplane')
  await lab.type('crictl ps -a --name kube-scheduler; grep -n schedular /etc/kubernetes/manifests/*')
  await expect(lab.screen).toContainText(/kube-scheduler.yaml.*kube-schedular/)
  await lab.type('sed -i s/kube-schedular/kube-scheduler/ /etc/kubernetes/manifests/kube-scheduler.yaml')
  // What is typed while sudo or ssh ends is lost with it, as in any terminal.
  await lab.type('exit')
  await expect(lab.screen).toContainText(/logout\s*candidate@controlplane:~\$/)
  await lab.type('exit')
  await expect(lab.screen).toContainText('Connection to controlplane closed.')
  await lab.type('clear; kubectl -n tides rollout status deployment/gauge')
  await expect(lab.screen).toContainText('successfully rolled out')
  await lab.checkTask('Gauges without a place')
  await expect(lab.check('Passed: The scheduler of controlplane is healthy')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Points: 5 \// })).toBeVisible()
  await deleteEnvironments(page, server)
  await context.close()
})
