export * from './checker.js'
