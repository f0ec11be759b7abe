import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npm run dev -w web` serves the pages from source and passes the rest to a server that runs beside it. */
const api = process.env.WHEELHOUSE_URL ?? 'http://127.0.0.1:7420'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: { '~': fileURLToPath(new URL('src', import.meta.url)) },
    conditions: ['source', 'module', 'browser', 'development|production'],
  },
  server: { proxy: { '/api': { target: api, ws: true } } },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // One style sheet, with the first page: where a later one is lost on the way, Vite never asks for it again.
    cssCodeSplit: false,
  },
})
