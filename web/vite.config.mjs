/** Builds the web application into dist/web. What it makes runs without any network but that to its own server. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  cacheDir: here('../.cache/vite'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // light-dark() and color-mix() as they are.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Nothing as data: URI, which the page's security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  // For work on it: `npx vite web`, beside `autotuner serve`.
  server: { host: '127.0.0.1', proxy: { '/api': process.env.AUTOTUNER_API ?? 'http://127.0.0.1:8400' } },
});
