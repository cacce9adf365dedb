// SPDX-License-Identifier: Apache-2.0
// The lines between a manager and srt (docs/session-protocol.md). Pure.
'use strict';

const VERSION = 1;
const TO_SRT_MAX = 4 * 1024 * 1024;
const TO_MANAGER_MAX = 64 * 1024;
const TOKEN = /^[0-9a-f]{32}$/;

class ProtocolError extends Error {}

/** Whole lines out of pieces. A line that is too long is an error, and stays one. */
class Lines {
  #pieces = [];
  #length = 0;

  push(piece, take) {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      this.#add(piece.subarray(from, end));
      const line = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#length = 0;
      from = end + 1;
      if (take(line.toString('utf8')) === false) return;
    }
    if (from < piece.length) this.#add(piece.subarray(from));
  }

  #add(part) {
    this.#length += part.length;
    if (this.#length > TO_MANAGER_MAX) throw new ProtocolError(`a line is longer than ${TO_MANAGER_MAX} bytes`);
    this.#pieces.push(part);
  }
}

const isCount = value => Number.isSafeInteger(value) && value >= 0;
const isText = value => typeof value === 'string';
const isRecord = value => typeof value === 'object' && value !== null && !Array.isArray(value);

// What each message must hold beside its own key.
const MESSAGES = {
  hello: m => isCount(m.hello) && (m.token === undefined || m.token === null || isText(m.token)),
  started: m => isCount(m.started),
  violation: m => isRecord(m.violation) && isText(m.violation.operation) && isText(m.violation.target),
  lost: m => isCount(m.lost),
  ask: m => isCount(m.ask) && isText(m.host) && isCount(m.port) && m.port <= 65535,
  error: m => isText(m.error) && isCount(m.status),
  notice: m => isText(m.notice),
  ended: m => isCount(m.ended),
};

/** {kind, message} of a line from srt. */
function parseLine(line) {
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    throw new ProtocolError('a line is not JSON');
  }
  if (!isRecord(message)) throw new ProtocolError('a line is no JSON object');
  const kinds = Object.keys(MESSAGES).filter(key => Object.hasOwn(message, key) && message[key] !== null);
  if (kinds.length !== 1) throw new ProtocolError(`a line holds ${kinds.length} messages instead of one`);
  const [kind] = kinds;
  if (!MESSAGES[kind](message)) throw new ProtocolError(`the message "${kind}" lacks something, or has it in another form`);
  return { kind, message };
}

function renderLine(message) {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > TO_SRT_MAX) throw new ProtocolError(`the settings are longer than ${TO_SRT_MAX} bytes`);
  return line;
}

module.exports = { Lines, ProtocolError, TOKEN, TO_MANAGER_MAX, TO_SRT_MAX, VERSION, parseLine, renderLine };
