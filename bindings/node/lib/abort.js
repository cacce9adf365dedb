// SPDX-License-Identifier: Apache-2.0
'use strict';

// One listener a signal, however many commands hang on it.
const watched = new WeakMap(); // AbortSignal -> Map(token -> act)

/** Calls act when the signal is aborted. The token names it, for forget. */
function onAbort(signal, token, act) {
  let acts = watched.get(signal);
  if (!acts) {
    acts = new Map();
    watched.set(signal, acts);
    signal.addEventListener('abort', () => {
      for (const each of acts.values()) each();
      acts.clear();
    }, { once: true });
  }
  acts.set(token, act);
}

function forget(signal, token) {
  const acts = watched.get(signal);
  if (acts) acts.delete(token);
}

module.exports = { forget, onAbort };
