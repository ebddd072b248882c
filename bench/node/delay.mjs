// Stands before a server and holds every request back, like a network that is so far away. Requests are held
// back side by side, never one after the other. Usage: node delay.mjs PORT-OF-THE-SERVER
// It prints {"port": N} when it listens. A line {"delay": MILLISECONDS} on its input changes the delay.
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const behind = Number(process.argv[2]);
let delay = 0;

const server = createServer({ noDelay: true }, (client) => {
  const there = connect({ host: '127.0.0.1', port: behind, noDelay: true });
  const pass = (chunk) => there.writable && there.write(chunk);
  client.on('data', (chunk) => (delay ? setTimeout(pass, delay, chunk) : pass(chunk)));
  there.on('data', (chunk) => client.write(chunk));
  const end = () => [client, there].forEach((side) => side.destroy());
  for (const side of [client, there]) side.on('close', end).on('error', end);
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 2048 }, () => {
  console.log(JSON.stringify({ port: server.address().port }));
});
createInterface({ input: process.stdin })
  .on('line', (line) => {
    ({ delay } = JSON.parse(line));
    console.log(line);
  })
  .on('close', () => process.exit(0));
