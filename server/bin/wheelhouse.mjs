#!/usr/bin/env node
/** The `wheelhouse` command. npm links it at install, before anything is built; so it builds what is stale, then runs the real one. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`wheelhouse needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org/ for a newer one.`)
  process.exit(1)
}

const { buildIfStale } = await import('../../scripts/build.mjs')
try {
  await buildIfStale({ say: (line) => console.error(line), only: process.argv[2] === 'serve' ? undefined : ['programs'] })
} catch (error) {
  console.error(`wheelhouse could not be built:\n\n${error.message}\n`)
  process.exit(1)
}
await import('../dist/cli/main.js')
