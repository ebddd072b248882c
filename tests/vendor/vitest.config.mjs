// The vendor's own tests, and ours through the vendor's clients, against the Stream that STREAM_BASE_URL names.
//
// The vendor's tests know its production addresses alone. Here these are exchanged as a file is loaded, which
// leaves everything else in it as it is; no test and no client is changed.
import { defineConfig } from 'vitest/config';

const base = process.env.STREAM_BASE_URL;
const seed = process.env.STREAM_CLIENTS === 'seed';

const ADDRESSES = {
  'https://video.stream-io-api.com': base,
  'https://chat.stream-io-api.com': base,
  'https://hint.stream-io-video.com/': `${base}/hint`,
};

const elsewhere = {
  name: 'elsewhere',
  transform(code) {
    const changed = Object.entries(ADDRESSES).reduce((text, [from, to]) => text.replaceAll(from, to), code);
    return changed === code ? undefined : { code: changed, map: null };
  },
};

export default defineConfig({
  plugins: [elsewhere],
  resolve: {
    alias: seed
      ? { '@stream-io/node-sdk': 'node-sdk-seed', '@stream-io/video-client': 'video-client-seed' }
      : {},
  },
  test: {
    environment: 'node',
    testTimeout: 15_000,
    // What is not inlined is loaded by Node itself, which knows nothing of the plugin.
    server: { deps: { inline: [/node-sdk/, /video-client/] } },
  },
});
