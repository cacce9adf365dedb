// SPDX-License-Identifier: Apache-2.0
'use strict';

const KEEP = 100; // events in a store
const KEY_UNITS = 100; // of a command, by which events are found in the form that other programs know

// What shows as something else than it is: control characters, line separators, bidirectional and
// zero-width ones.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]+/gu;

function clean(text) {
  return String(text).replace(UNSEEN, ' ').replace(/[<>]/g, '').trim();
}

function encodeKey(key) {
  return Buffer.from(key.slice(0, KEY_UNITS)).toString('base64');
}

const SOURCES = Symbol('sources');

/** The newest 100 refusals, and how many there were. */
class SandboxViolationStore {
  #events = [];
  #total = 0;
  #lost = 0;
  #listeners = new Set();
  #busy = false;
  [SOURCES] = new Map(); // sandbox -> what brings in its records; asked before anything is answered

  #update() {
    if (this.#busy) return; // a listener asks, while records come in
    this.#busy = true;
    try {
      for (const refresh of this[SOURCES].values()) refresh();
    } finally {
      this.#busy = false;
    }
  }

  addViolation(violation) {
    this.#events.push({ timestamp: new Date(), ...violation, line: clean(violation.line) });
    this.#total += violation.count > 1 ? violation.count : 1;
    if (this.#events.length > KEEP) this.#events.shift();
    this.#tell();
  }

  /** Refusals that were counted but could not be kept. */
  addLost(count) {
    this.#lost += count;
    this.#total += count;
  }

  getViolations(limit) {
    this.#update();
    if (limit === undefined) return [...this.#events];
    return limit > 0 ? this.#events.slice(-limit) : [];
  }

  getCount() {
    this.#update();
    return this.#events.length;
  }

  getTotalCount() {
    this.#update();
    return this.#total;
  }

  getLostCount() {
    this.#update();
    return this.#lost;
  }

  getViolationsForCommand(id) {
    this.#update();
    const encoded = encodeKey(id);
    return this.#events.filter(e => (e.commandKey !== undefined ? e.commandKey === id : e.encodedCommand === encoded));
  }

  clear() {
    this.#update();
    this.#events = [];
    this.#tell();
  }

  subscribe(listener) {
    this.#update();
    this.#listeners.add(listener);
    listener([...this.#events]);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #tell() {
    const before = this.#busy;
    this.#busy = true;
    try {
      for (const listener of [...this.#listeners]) listener([...this.#events]);
    } finally {
      this.#busy = before;
    }
  }
}

function connect(store, sandbox, refresh) {
  store[SOURCES].set(sandbox, refresh);
}

function disconnect(store, sandbox) {
  store[SOURCES].delete(sandbox);
}

/** A record of srt as one line. */
function recordLine(record) {
  const what = record.operation === 'connect' ? 'network-outbound' : record.operation;
  return `deny ${what} ${record.target} (${record.reason || record.rule || 'a rule of the sandbox'})`;
}

/** An event of the store. run: {key, text} of the command. */
function toEvent(record, run) {
  return {
    line: recordLine(record),
    command: run.text,
    commandKey: run.key,
    encodedCommand: encodeKey(run.key),
    timestamp: new Date(record.last || record.time || Date.now()),
    count: record.count,
    record,
  };
}

function annotate(stderr, events) {
  if (events.length === 0) return stderr;
  return `${stderr}\n<sandbox_violations>\n${events.map(e => `${e.line}\n`).join('')}</sandbox_violations>`;
}

module.exports = { SandboxViolationStore, annotate, connect, disconnect, encodeKey, toEvent };
