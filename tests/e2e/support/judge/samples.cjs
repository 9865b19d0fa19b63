// What compressed messages are made of: the kinds differ in how far they can be compressed.
"use strict";

/** The same numbers in each run: a case that failed can be looked at again. */
function* numbers(seed) {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

function ticker(size, seed) {
  const random = numbers(seed);
  const next = (below) => random.next().value % below;
  let text = "";
  while (text.length < size) {
    text += JSON.stringify({ topic: `T${next(1000)}`, seq: next(1e6), price: next(1e5) / 100,
      side: ["buy", "sell"][next(2)] });
  }
  return Buffer.from(text.slice(0, size));
}

function noise(size, seed) {
  const random = numbers(seed);
  return Buffer.from(Array.from({ length: size }, () => random.next().value & 0xff));
}

/** Whole characters of 1 to 4 bytes, with spaces at the end for what no character fits into. */
function prose(size, seed) {
  const random = numbers(seed);
  const words = ["shard ", "κόσμε ", "€ ", "😀 ", "grün "];
  const parts = [];
  let used = 0;
  for (;;) {
    const word = Buffer.from(words[random.next().value % words.length]);
    if (used + word.length > size) break;
    parts.push(word);
    used += word.length;
  }
  return Buffer.concat([...parts, Buffer.alloc(size - used, " ")]);
}

module.exports = {
  ticker, noise, prose,
  KINDS: [
    { name: "JSON as text", make: ticker, binary: false },
    { name: "text with characters of 1 to 4 bytes", make: prose, binary: false },
    { name: "noise, which cannot be compressed", make: noise, binary: true },
    { name: "zeros", make: (size) => Buffer.alloc(size), binary: true },
  ],
};
