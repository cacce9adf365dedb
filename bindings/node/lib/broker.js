// SPDX-License-Identifier: Apache-2.0
// One socket for all sessions of this process, and the thread behind it (worker.js).
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { MessageChannel, Worker, receiveMessageOnPort } = require('node:worker_threads');
const { SandboxError } = require('./errors');
const { newSocketPath } = require('./state');

const SYNCED = 0, CONSUMED = 1;
const DRAIN_MS = 10000; // when the thread does not answer, what is there has to do

class Broker {
  #worker;
  #port;
  #shared = new Int32Array(new SharedArrayBuffer(8));
  #sequence = 0;
  #waiting = new Map(); // sequence -> {resolve, reject}
  #sessions = new Map(); // token -> function(kind, message, channel)
  #failure;
  #listening;
  path = newSocketPath();

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(path.join(__dirname, 'worker.js'), {
      workerData: { port: port2, shared: this.#shared, socketPath: this.path, SYNCED, CONSUMED },
      transferList: [port2],
      execArgv: [],
      name: 'srt-sandbox',
    });
    this.#worker.on('error', error => this.#fail(`the thread of srt-sandbox has ended: ${error.message}`));
    this.#worker.on('exit', () => this.#fail('the session is closed'));
    this.#listening = this.#request(0);
    this.#listening.catch(() => {}); // told to whoever asks
    port1.on('message', message => this.#take(message));
    this.#hold();
    this.#worker.unref();
  }

  hasFailed() {
    return this.#failure !== undefined;
  }

  /** Resolves when srt can connect. */
  ready() {
    return this.#listening;
  }

  /** Only what somebody waits for keeps the program from ending. */
  #hold() {
    if (this.#waiting.size > 0) this.#port.ref();
    else this.#port.unref();
  }

  #request(sequence) {
    return new Promise((resolve, reject) => this.#waiting.set(sequence, { resolve, reject }));
  }

  #settle(sequence, error) {
    const waiter = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    if (waiter && error) waiter.reject(error);
    else if (waiter) waiter.resolve();
    this.#hold();
  }

  #fail(text) {
    this.#failure = this.#failure || new SandboxError('SRT_CHANNEL', text);
    for (const sequence of [...this.#waiting.keys()]) this.#settle(sequence, this.#failure);
    this.remove();
  }

  #take(message) {
    Atomics.add(this.#shared, CONSUMED, 1);
    if (message.what === 'listening') this.#settle(0);
    else if (message.what === 'failed') this.#fail(`the socket ${this.path} cannot be made: ${message.text}`);
    else if (message.what === 'done') this.#settle(message.sequence);
    else if (message.what === 'refused') this.#settle(message.sequence, new SandboxError('SRT_SETTINGS', message.text));
    else {
      const session = this.#sessions.get(message.token);
      if (session) session(message.kind, message.message, message.channel);
    }
  }

  /** From now on srt may connect with this token, and gets start. */
  wrap(token, start, session) {
    if (this.#failure) return Promise.reject(this.#failure);
    const sequence = ++this.#sequence;
    const done = this.#request(sequence);
    this.#sessions.set(token, session);
    this.#hold();
    this.#port.postMessage({ order: 'wrap', token, start, sequence });
    return done;
  }

  update(token, settings) {
    this.#port.postMessage({ order: 'update', token, settings });
  }

  answer(channel, ask, allow) {
    this.#port.postMessage({ order: 'answer', channel, ask, allow });
  }

  /** No srt gets anything for this token any more; end: those that run lose their channel. */
  drop(token, end) {
    this.#sessions.delete(token);
    this.#port.postMessage({ order: 'drop', token, end });
  }

  /** Takes in all that srt had sent before this call. Waits for it, without the event loop. */
  drain() {
    if (this.#failure || this.#sessions.size === 0) return;
    const sequence = ++this.#sequence | 0;
    const end = Date.now() + DRAIN_MS;
    this.#port.postMessage({ order: 'sync', sequence });
    for (;;) {
      const synced = Atomics.load(this.#shared, SYNCED);
      const left = end - Date.now();
      if (((synced - sequence) | 0) >= 0 || left <= 0) break;
      Atomics.wait(this.#shared, SYNCED, synced, left);
    }
    for (let next; (next = receiveMessageOnPort(this.#port));) this.#take(next.message);
  }

  /** Ends the thread; the socket is gone when this returns. */
  close() {
    this.#failure = this.#failure || new SandboxError('SRT_CHANNEL', 'the session is closed');
    this.#port.postMessage({ order: 'close' });
    this.remove();
  }

  remove() {
    fs.rmSync(this.path, { force: true });
  }
}

let current;
let users = 0;

process.on('exit', () => {
  if (current) current.remove();
});

/** The process's broker, which is made for its first session. */
function acquire() {
  if (!current || current.hasFailed()) current = new Broker();
  users++;
  return current;
}

/** The last session ends it. */
function release() {
  users--;
  if (users > 0 || !current) return;
  current.close();
  current = undefined;
}

module.exports = { acquire, release };
