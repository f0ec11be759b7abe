import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const shared = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
}
const include = (suffix: string) => [`{protocol,checkers,simulator,server}/**/*${suffix}.ts`]
const built = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    passWithNoTests: false,
    // One would be left for Vitest itself, which has little to do: on two cores that is half of them.
    maxWorkers: '100%',
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          globalSetup: ['scripts/vitest-build.mjs'],
          // Loading the modules anew for each file takes longer than most files' tests do, and no module of ours keeps anything of a test.
          isolate: false,
          // A loaded computer is slow, not wrong: only what hangs is to fail.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: include('.test'),
          exclude: [...built, '**/*.kind.test.ts', '**/*.smoke.test.ts'],
        },
      },
      {
        resolve: { ...shared.resolve, alias: { '~': fileURLToPath(new URL('web/src', import.meta.url)) } },
        ssr: shared.ssr,
        test: {
          name: 'web',
          include: ['web/src/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          isolate: false,
          setupFiles: ['web/src/testing/setup.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'smoke',
          include: include('.smoke.test'),
          exclude: built,
          hookTimeout: 120_000,
          testTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'kind',
          include: include('.kind.test'),
          exclude: built,
          // Says at the start which engine the tests run on, and fails where none answers: nothing is skipped in silence.
          globalSetup: ['scripts/vitest-build.mjs', 'server/src/engines/kind/testing-setup.ts'],
          // Clusters at the same time only slow each other down.
          fileParallelism: false,
          hookTimeout: 300_000,
          testTimeout: 60_000,
        },
      },
    ],
  },
})
