// SPDX-License-Identifier: Apache-2.0
// The manager's thread: it listens, and answers each srt that connects. It is a thread of its own because
// the program may wait for a command (execSync), and srt waits for its settings meanwhile.
'use strict';

const net = require('node:net');
const path = require('node:path');
const { workerData } = require('node:worker_threads');
const { Lines, ProtocolError, VERSION, parseLine, renderLine } = require('./protocol');
const { listen, removeStale } = require('./state');

const HELLO_MS = 10000;
const WAITING_MAX = 4096; // messages that the program has not taken yet; beyond, records are only counted
const DRAIN_ROUNDS = 256;
const { port, shared, socketPath, SYNCED, CONSUMED } = workerData;

const starts = new Map(); // token -> what its srt is to do
const channels = new Map(); // number -> Channel
let nextChannel = 1;
let posted = 0;
let bytesRead = 0;

function post(message) {
  posted = (posted + 1) | 0;
  port.postMessage(message);
}

function waiting() {
  return (posted - Atomics.load(shared, CONSUMED)) | 0;
}

/** One srt: its hello, its settings, then what it says. */
class Channel {
  constructor(socket) {
    this.socket = socket;
    this.number = nextChannel++;
    this.lines = new Lines();
    this.token = undefined;
    this.lost = 0;
    this.timer = setTimeout(() => socket.destroy(), HELLO_MS).unref();
    channels.set(this.number, this);
    socket.on('data', piece => this.read(piece));
    socket.on('error', () => {});
    socket.on('close', () => this.closed());
  }

  read(piece) {
    bytesRead += piece.length;
    try {
      this.lines.push(piece, line => {
        this.take(line);
        return !this.socket.destroyed;
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.end(`srt does not speak the session protocol: ${error.message}`);
    }
  }

  take(line) {
    const { kind, message } = parseLine(line);
    if (this.token === undefined) this.hello(kind, message);
    else if (kind === 'violation') this.violation(message);
    else if (kind === 'lost') this.lost += message.lost;
    else if (kind !== 'hello') this.tell(kind, message);
    else throw new ProtocolError('it says hello twice');
  }

  hello(kind, message) {
    clearTimeout(this.timer);
    const start = kind === 'hello' ? starts.get(message.token) : undefined;
    if (!start) {
      this.socket.destroy(); // not a command that was wrapped here, or not any more
      return;
    }
    this.token = message.token;
    if (message.hello !== VERSION) {
      this.end(`srt ${message.version} speaks version ${message.hello} of the session protocol, this module ${VERSION}: install those that belong together`);
      return;
    }
    this.tell('hello', message);
    this.send({ start });
  }

  violation(message) {
    if (waiting() > WAITING_MAX) this.lost += message.violation.count || 1;
    else this.tell('violation', message);
  }

  tell(kind, message) {
    if (this.lost > 0) {
      const lost = this.lost;
      this.lost = 0;
      post({ what: 'event', token: this.token, channel: this.number, kind: 'lost', message: { lost } });
    }
    post({ what: 'event', token: this.token, channel: this.number, kind, message });
  }

  send(message) {
    if (!this.socket.destroyed) this.socket.write(renderLine(message));
  }

  end(why) {
    if (this.token !== undefined) this.tell('problem', { text: why });
    this.socket.destroy();
  }

  closed() {
    clearTimeout(this.timer);
    channels.delete(this.number);
    if (this.token !== undefined) this.tell('closed', {});
  }
}

function eachChannel(token, act) {
  for (const channel of [...channels.values()]) if (channel.token === token) act(channel);
}

/** Answers when everything that had been sent to us before has been passed on. */
function drain(sequence, round) {
  const before = bytesRead;
  // The second turn of the loop looks at the sockets after this message was taken.
  setImmediate(() => setImmediate(() => {
    if (bytesRead !== before && round < DRAIN_ROUNDS) {
      drain(sequence, round + 1);
      return;
    }
    Atomics.store(shared, SYNCED, sequence);
    Atomics.notify(shared, SYNCED);
  }));
}

const orders = {
  wrap({ token, start, sequence }) {
    renderLine({ start }); // too long: said now
    starts.set(token, start);
    post({ what: 'done', sequence });
  },
  update({ token, settings }) {
    const start = starts.get(token);
    if (start) starts.set(token, { ...start, settings });
    eachChannel(token, channel => channel.send({ update: settings }));
  },
  answer({ channel, ask, allow }) {
    const asker = channels.get(channel);
    if (asker) asker.send({ answer: ask, allow });
  },
  drop({ token, end }) {
    starts.delete(token);
    eachChannel(token, channel => {
      if (end) channel.socket.destroy();
    });
  },
  sync({ sequence }) {
    drain(sequence, 0);
  },
  close() {
    server.close();
    for (const channel of channels.values()) channel.socket.destroy();
    port.close();
  },
};

port.on('message', order => {
  try {
    orders[order.order](order);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    post({ what: 'refused', sequence: order.sequence, text: error.message });
  }
});

const server = net.createServer(socket => new Channel(socket));
server.on('error', error => {
  post({ what: 'failed', text: error.message });
  server.close();
});
listen(server, socketPath, () => {
  post({ what: 'listening' });
  removeStale(path.dirname(socketPath));
});
