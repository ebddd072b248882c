// The token endpoint as a Node function, to measure the reference server beside: the same checks in the same
// order, with the vendor's own SDK. It prints {"port": N} when it listens and ends when its input closes.
import { StreamClient } from '@stream-io/node-sdk';
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const PATH = '/.netlify/functions/stream-video-token';
const CALL_TYPE = 'livestream';
const TOKEN_LIFETIME = 24 * 3600; // seconds
const TIME_LIMIT = 8000; // milliseconds for one answer of Stream or Supabase
const CLOCK_SKEW = 30; // seconds
const SIZE_LIMIT = 16 * 1024; // bytes
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const { STREAM_API_KEY, STREAM_API_SECRET, STREAM_BASE_URL, SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY } = process.env;
const ORIGINS = new Set(process.env.ALLOWED_ORIGINS.split(','));
const SERVICE = { apikey: SUPABASE_SERVICE_ROLE_KEY, authorization: `Bearer ${SUPABASE_SERVICE_ROLE_KEY}` };

const keys = createRemoteJWKSet(new URL(`${SUPABASE_URL}/auth/v1/.well-known/jwks.json`));
const stream = new StreamClient(STREAM_API_KEY, STREAM_API_SECRET, {
  basePath: STREAM_BASE_URL,
  timeout: TIME_LIMIT,
});

class Refusal extends Error {
  constructor(status, error) {
    super(error);
    this.status = status;
  }
}

async function sessionOf(authorization = '') {
  const [scheme, token] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'bearer' || !token) throw new Refusal(401, 'Invalid auth');
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256', 'RS256'],
      issuer: `${SUPABASE_URL}/auth/v1`,
      audience: 'authenticated',
      clockTolerance: CLOCK_SKEW,
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch {
    throw new Refusal(401, 'Invalid auth');
  }
}

async function firstRow(table, query) {
  const answer = await fetch(`${SUPABASE_URL}/rest/v1/${table}?${new URLSearchParams(query)}`, {
    headers: SERVICE,
    signal: AbortSignal.timeout(TIME_LIMIT),
  }).catch(() => undefined);
  if (!answer?.ok) throw new Refusal(503, 'Supabase is unavailable');
  return (await answer.json())[0];
}

function wantedCall(text) {
  let wanted;
  try {
    wanted = JSON.parse(text || '{}');
  } catch {
    throw new Refusal(400, 'Malformed JSON body');
  }
  const { callType, callId } = wanted;
  if (!callId) throw new Refusal(400, 'Missing callId parameter');
  if (typeof callId !== 'string') throw new Refusal(400, 'callId must be a string');
  if ((callType || CALL_TYPE) !== CALL_TYPE) throw new Refusal(400, 'Unsupported callType');
  if (!UUID.test(callId)) throw new Refusal(404, 'Party not found');
  return callId;
}

function onStream(asked) {
  return asked.catch(() => {
    throw new Refusal(502, 'Stream is unavailable');
  });
}

async function grant(request, log) {
  const text = await bodyOf(request);
  const session = await sessionOf(request.headers.authorization);
  const userId = session.sub;
  const callId = wantedCall(text);
  const known = { callType: CALL_TYPE, callId, userId };
  log('Session verified', known);

  const [party, profile] = await Promise.all([
    firstRow('parties', { id: `eq.${callId}`, select: 'id,host_id' }),
    firstRow('profiles', { id: `eq.${userId}`, select: 'display_name' }),
  ]);
  if (!party) throw new Refusal(404, 'Party not found');
  const userName = profile?.display_name || session.user_metadata?.name || session.email?.split('@')[0] || userId;
  log('Party found', { ...known, hostId: party.host_id });

  await onStream(stream.upsertUsers([{ id: userId, name: userName, role: 'user' }]));
  log('User upserted on Stream', known);

  const call = stream.video.call(CALL_TYPE, callId);
  const made = await onStream(call.getOrCreate({ data: { created_by_id: party.host_id } }));
  log('Call created/verified on Stream servers', { ...known, created: made.created });

  // Not by `validity_in_seconds`, which the SDK would leave in the token as a claim of its own.
  const iat = Math.floor(Date.now() / 1000);
  const token = stream.generateUserToken({ user_id: userId, iat, exp: iat + TOKEN_LIFETIME });
  log('Token generated', { ...known, lifetime: TOKEN_LIFETIME });
  return { ok: true, token, userId, userName, apiKey: STREAM_API_KEY, callType: CALL_TYPE, callId };
}

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= SIZE_LIMIT) chunks.push(chunk);
  }
  if (size > SIZE_LIMIT) throw new Refusal(413, 'Body too large');
  return Buffer.concat(chunks).toString();
}

function log(step, facts) {
  console.error(`${new Date().toISOString()} [stream-video-token] ${step} ${JSON.stringify(facts)}`);
}

function corsFor(origin) {
  const headers = { vary: 'Origin', 'cache-control': 'no-store' };
  if (!ORIGINS.has(origin)) return headers;
  return {
    ...headers,
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'authorization, content-type, apikey, x-client-info',
    'access-control-max-age': '600',
  };
}

async function outcome(request) {
  if (request.url === '/healthz') return [200, { ok: true }];
  if (request.url !== PATH) return [404, { ok: false, error: 'Not Found' }];
  if (request.method === 'OPTIONS') return [204];
  if (request.method !== 'POST') return [405, { ok: false, error: 'Method Not Allowed' }];
  try {
    return [200, await grant(request, log)];
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    log('Refused', { status, error: status === 500 ? error.stack : error.message });
    return [status, { ok: false, error: status === 500 ? 'Internal error' : error.message }];
  }
}

async function answer(request, response) {
  const [status, body] = await outcome(request);
  const text = body ? JSON.stringify(body) : '';
  const content = body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {};
  response.writeHead(status, { ...corsFor(request.headers.origin), ...content }).end(text);
}

const server = createServer({ keepAliveTimeout: 65_000 }, answer);
server.listen({ host: '127.0.0.1', port: 0, backlog: 2048 }, () => {
  console.log(JSON.stringify({ port: server.address().port }));
});
process.stdin.on('end', () => process.exit(0)).resume();
