export {
  available,
  type CheckScene,
  deployment,
  foundIn,
  pod,
  reportsOf,
  resultOf,
  running,
  subjectsOf,
} from './check-scene.js'
export { FakeApiServer, type FakeExec } from './fake-api-server.js'
export { steppedClock } from './stepped-clock.js'
