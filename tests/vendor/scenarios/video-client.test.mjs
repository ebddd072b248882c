// The life of a livestream through the vendor's JavaScript client: what each person may, what a watcher hears.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StreamClient } from '@stream-io/node-sdk';
import { StreamVideoClient } from '@stream-io/video-client';
import story from './livestream.json';

const { STREAM_API_KEY: apiKey, STREAM_SECRET: secret, STREAM_BASE_URL: base } = process.env;
const HOUR = 3600;
const HEARD = ['call.updated', 'call.live_started', 'call.session_started', 'call.ended'];
const PEOPLE = ['owner', 'host', 'moderator', 'member', 'stranger', 'watcher'];

const server = new StreamClient(apiKey, secret, { basePath: base });
const callId = `party-${crypto.randomUUID()}`;
const clients = {};

beforeAll(async () => {
  for (const id of PEOPLE) {
    const options = { browser: true, baseURL: `${base}/video`, locationHintUrl: `${base}/hint` };
    clients[id] = new StreamVideoClient(apiKey, options);
    await clients[id].connectUser({ id }, server.createToken(id));
  }
});

afterAll(() => Promise.all(Object.values(clients).map((client) => client.disconnectUser())));

const DOES = {
  // What Call.join begins with: the rest is WebRTC, which Node does not have.
  join: (call) => call.streamClient.post(`/call/${call.type}/${call.id}/join`, { location: 'LCL' }),
  'open ahead': (call) => ahead(call, 2 * HOUR),
  'close ahead': (call) => ahead(call, 0),
  'go live': (call) => call.goLive(),
  'stop live': (call) => call.stopLive(),
  end: (call) => call.endCall(),
};

function ahead(call, seconds) {
  return call.update({
    starts_at: new Date(Date.now() + HOUR * 1000).toISOString(),
    settings_override: { backstage: { enabled: true, join_ahead_time_seconds: seconds } },
  });
}

// Step by step as text: a report has no more of a failure than its message.
const told = ({ who, does, refused, backstage }) =>
  `${who}: ${does}: ${refused ?? 'done'}, then ${backstage ? 'in backstage' : 'open'}`;

async function played({ who, does }) {
  const call = clients[who].call('livestream', callId);
  const refused = await DOES[does](call).then(
    () => false,
    (error) => error.code === 17 || error,
  );
  const { call: state } = await clients.owner.call('livestream', callId).get();
  return { who, does, ...(refused && { refused }), backstage: state.backstage };
}

it('goes as the story has it', async () => {
  await clients.owner.call('livestream', callId).getOrCreate({ data: { members: story.members } });
  const heard = [];
  const watched = clients.watcher.call('livestream', callId);
  await watched.get();
  HEARD.forEach((type) => watched.on(type, (event) => heard.push([event.type, event.call.backstage])));
  for (const step of story.steps) expect(told(await played(step))).toBe(told(step));
  await expect.poll(() => heard, { timeout: 5000 }).toEqual(story.heard);
  expect(watched.state.endedAt).toBeInstanceOf(Date);
});
