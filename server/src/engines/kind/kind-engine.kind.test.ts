import { engineContract } from '../contract.js'
import { kindUnderTest } from './testing.js'

engineContract('kind', () => kindUnderTest(), { timeoutMs: 240_000, hasClusters: true })
