/** wheelhouse/gateway: a controller of the Gateway API and the proxy of its Gateways. `simulator/addons/gateway.yaml` runs it. */
import { exitCodeOf, type Program } from '../containers/process.js'
import { GatewayController } from '../network/gateway/controller.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { sleep } from '../time/clock.js'
import type { Image } from './image.js'

export const CONTROLLER_NAME = 'wheelhouse.dev/gateway-controller'
/** So often it looks for kinds of routes that were installed meanwhile. */
const SYNC_MS = 60_000

const gateway: Program = async (process) => {
  const { machine, signal, argv } = process
  machine.main.handlesTerm = true
  const publish = argv.find((arg) => arg.startsWith('--publish-service='))?.split('=')[1]
  const controller = new GatewayController(process, { controllerName: CONTROLLER_NAME, publish })
  await process.stdout.write(`wheelhouse/gateway, controller ${CONTROLLER_NAME}\n`)
  while (!signal.aborted) {
    await controller.follow()
    controller.sync()
    await sleep(machine.clock, SYNC_MS, signal)
  }
  controller.close()
  return signal.reason === 'SIGTERM' ? 0 : exitCodeOf(signal)
}

export const gatewayImage: Image = {
  repository: 'docker.io/wheelhouse/gateway',
  tags: /^1$/,
  entrypoint: ['/gateway'],
  command: [],
  programs: { ...busyboxPrograms, '/gateway': gateway },
  sizeBytes: 40_000_000,
  usesCluster: true,
}
