// The life of a livestream through the vendor's Node SDK: what a server does, and what it reads afterwards.
import { expect, it } from 'vitest';
import { StreamClient } from '@stream-io/node-sdk';
import story from './livestream.json';

const { STREAM_API_KEY: apiKey, STREAM_SECRET: secret, STREAM_BASE_URL: base } = process.env;
const HOUR = 3600;
const DOES = {
  'open ahead': (call) => ahead(call, 2 * HOUR),
  'close ahead': (call) => ahead(call, 0),
  'go live': (call) => call.goLive(),
  'stop live': (call) => call.stopLive(),
  end: (call) => call.endCall?.() ?? call.end(),
};

function ahead(call, seconds) {
  return call.update({
    starts_at: new Date(Date.now() + HOUR * 1000),
    settings_override: { backstage: { enabled: true, join_ahead_time_seconds: seconds } },
  });
}

// A server is above permissions, and does not join: what is left are the steps that were allowed.
const steps = story.steps.filter(({ does, refused }) => does in DOES && !refused);

it('goes as the story has it', async () => {
  const client = new StreamClient(apiKey, secret, { basePath: base });
  const call = client.video.call('livestream', `party-${crypto.randomUUID()}`);
  const made = await call.getOrCreate({ data: { created_by_id: 'owner', members: story.members } });
  expect(made.created).toBe(true);
  // The seed's SDK leaves it text, the current one makes a Date of it: the time must be the same.
  expect(Math.abs(new Date(made.call.created_at) - Date.now())).toBeLessThan(60_000);
  for (const { does, backstage } of steps) {
    await DOES[does](call);
    const { call: state } = await call.get();
    expect([does, state.backstage, Boolean(state.ended_at)]).toEqual([does, backstage, does === 'end']);
  }
  const { members } = await call.queryMembers({ filter_conditions: { role: 'host' } });
  expect(members.map((member) => member.user_id)).toEqual(['host']);
});

it('is told what the matter is', async () => {
  const client = new StreamClient(apiKey, secret, { basePath: base });
  const error = await client.video
    .call('livestream', 'nowhere')
    .get()
    .catch((thrown) => thrown);
  const sentence = `GetCall failed with error: "Can't find call with id livestream:nowhere"`;
  expect(error.message).toBe(`Stream error code 16: ${sentence}`);
});
