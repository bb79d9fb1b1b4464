import { defineConfig } from 'vite'

// Everything is served from one origin: no inlined data: URIs, so `default-src 'self'` is enough.
export default defineConfig({
  base: '/',
  resolve: { alias: [{ find: /^leaflet$/, replacement: 'leaflet/dist/leaflet-src.esm.js' }] },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/tiles': 'http://127.0.0.1:8000' } },
})
