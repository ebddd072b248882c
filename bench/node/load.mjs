// The load generator: each of N clients makes one visit after the other, on connections that it keeps.
// A visit is a list of steps, a step a list of requests that are sent at the same time.
//
// It prints {} when it is ready. A line on its input is a job:
//   {"clients": N, "seconds": S, "visits": [[[{port, request}, ...], ...], ...]}     or "requests" for "seconds"
// and a line is the answer: {"milliseconds": [of each good visit], "failed": how many, "why": the first reason,
// "seconds": S, "core": its own share of a core}. A visit fails when an answer is not 2xx or does not come.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const HEAD_END = '\r\n\r\n';
const PATIENCE = 60_000; // milliseconds of silence

class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #settle;
  #broken; // why nothing can be sent any more

  constructor(port) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.setTimeout(PATIENCE, () => this.#fail(`silent for ${PATIENCE} ms`));
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#fail(error.code));
    this.#socket.on('close', () => this.#fail('the connection was closed'));
  }

  send(request) {
    // A destroyed socket takes what is written to it and says nothing, for ever.
    if (this.#broken) return Promise.reject(new Error(this.#broken));
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #take(chunk) {
    this.#received = this.#received.length ? Buffer.concat([this.#received, chunk]) : chunk;
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#received.latin1Slice(0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) return this.#fail(`an answer without content-length: ${head.slice(0, 60)}`);
    if (this.#received.length < end + HEAD_END.length + Number(length)) return;
    const body = this.#received.utf8Slice(end + HEAD_END.length);
    this.#received = Buffer.alloc(0);
    if (head[9] !== '2') return this.#fail(`${head.slice(9, 12)} ${body.slice(0, 200)}`);
    this.#settle.resolve();
  }

  #fail(reason) {
    this.#broken ??= reason;
    this.#socket.destroy();
    this.#settle?.reject(new Error(reason));
  }
}

class Client {
  #connections = new Map();

  async visit(steps) {
    for (const step of steps) {
      await Promise.all(step.map(({ port, request }, slot) => this.#connection(port, slot).send(request)));
    }
  }

  close() {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #connection(port, slot) {
    const name = `${port} ${slot}`;
    if (!this.#connections.has(name)) this.#connections.set(name, new Connection(port));
    return this.#connections.get(name);
  }
}

async function run({ clients, seconds = Infinity, requests = Infinity, visits }) {
  const milliseconds = [];
  const failures = [];
  const everyone = Array.from({ length: clients }, () => new Client());
  const before = process.cpuUsage();
  const began = performance.now();
  let begun = 0;
  async function visitAgainAndAgain(client) {
    while (begun < requests && performance.now() - began < seconds * 1000) {
      const steps = visits[begun++ % visits.length];
      const start = performance.now();
      try {
        await client.visit(steps);
        milliseconds.push(performance.now() - start);
      } catch (error) {
        failures.push(error.message);
        client.close(); // the next visit connects anew
      }
    }
  }
  await Promise.all(everyone.map(visitAgainAndAgain));
  everyone.forEach((client) => client.close());
  const took = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  const core = (user + system) / 1e6 / took;
  return { milliseconds, failed: failures.length, why: failures[0], seconds: took, core };
}

console.log('{}');
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}
