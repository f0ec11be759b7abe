export { FakeApiServer, type FakeExec } from './fake-api-server.js'
export { steppedClock } from './stepped-clock.js'
