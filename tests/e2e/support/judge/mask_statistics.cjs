// Looks for patterns in masking keys.
//
// Each test counts how often some bit, or the exclusive or of two, is set in n keys: half of the
// time, if keys are drawn like coins. By Hoeffding's inequality the count is further than
// z * sqrt(n) / 2 from n / 2 with a probability of 2 * exp(-z^2 / 2) at most: 2.6e-14 for z = 8.
// There are 2,112 such tests, so that the best of keys fail one of them in 5.4e-11 of all runs.
//
// Byte values: each of 4 * 256 counts is binomial with p = 1 / 256. By Bernstein's inequality it is
// further than t from np with a probability of 2 * exp(-t^2 / (2 * (np(1 - p) + t / 3))) at most:
// below 1e-15 for t = 9 * sqrt(np) and n = 100,000; 1e-12 for all of them.
//
// Differences: four equal ones among n are C(n, 4) / 2^96 = 5.3e-11; of exclusive ors the same.
//
// Linear complexity: of 1000 fair bits it is below 400 with a probability of less than 2^-199, and
// no more than 32 if each key is made of the one before by shifts and exclusive ors.
//
// Keys of which none comes twice are no coins. But they are coins that happened to be all
// different, which 100,000 are with a probability of 31 %, so that no bound grows by more than 3.3:
// together below 6e-10.
"use strict";

const Z = 8;
const LAGS = 17;
const EQUAL_DIFFERENCES_MAX = 3;

/** How often each of 32 bits is set in the numbers that `at` gives for 0 to count - 1. */
function countBits(count, at) {
  const counts = new Array(32).fill(0);
  for (let i = 0; i < count; ++i) {
    const value = at(i);
    for (let bit = 0; bit < 32; ++bit) counts[bit] += (value >>> bit) & 1;
  }
  return counts;
}

function unbalanced(what, count, at) {
  const limit = (Z * Math.sqrt(count)) / 2;
  return countBits(count, at).flatMap((ones, bit) =>
    (Math.abs(ones - count / 2) <= limit ? [] : [`${what}, bit ${bit}: ${ones} of ${count}`]));
}

const rotate = (value, by) => (by === 0 ? value : (value << by) | (value >>> (32 - by)));

function faultsOfBits(keys) {
  const n = keys.length;
  const faults = unbalanced("single bits", n, (i) => keys[i]);
  for (let by = 1; by <= 16; ++by) { // All pairs of bits of one key.
    faults.push(...unbalanced(`bits ${by} apart`, n, (i) => keys[i] ^ rotate(keys[i], by)));
  }
  for (let by = 0; by < 32; ++by) { // All pairs of a bit and one of the next key.
    faults.push(...unbalanced(`the next key, ${by} apart`, n - 1,
      (i) => keys[i] ^ rotate(keys[i + 1], by)));
  }
  for (let lag = 2; lag < LAGS; ++lag) {
    faults.push(...unbalanced(`${lag} keys later`, n - lag, (i) => keys[i] ^ keys[i + lag]));
  }
  return [...faults, ...unbalanced("differences", n - 1, (i) => keys[i + 1] - keys[i]),
    ...unbalanced("second differences", n - 2, (i) => keys[i + 2] - 2 * keys[i + 1] + keys[i])];
}

function faultsOfBytes(keys) {
  const mean = keys.length / 256;
  const limit = 9 * Math.sqrt(mean);
  return [0, 8, 16, 24].flatMap((shift) => {
    const counts = new Array(256).fill(0);
    for (const key of keys) ++counts[(key >>> shift) & 0xff];
    return counts.flatMap((count, value) => (Math.abs(count - mean) <= limit ? []
      : [`the byte ${value} at bit ${shift}: ${count} times`]));
  });
}

/** The length of the shortest shift register that gives `bits` (Berlekamp and Massey). */
function linearComplexity(bits) {
  let c = 1n, b = 1n, length = 0, since = 1, past = 0n;
  bits.forEach((bit, i) => {
    past = (past << 1n) | BigInt(bit);
    let both = past & c, discrepancy = 0;
    for (; both > 0n; both &= both - 1n) discrepancy ^= 1;
    if (discrepancy === 0) return void ++since;
    const before = c;
    c ^= b << BigInt(since);
    if (2 * length > i) return void ++since;
    length = i + 1 - length;
    b = before;
    since = 1;
  });
  return length;
}

function faultsOfLinearity(keys) {
  return [0, 7, 16, 31].flatMap((bit) => {
    const length = linearComplexity(keys.slice(0, 1000).map((key) => (key >>> bit) & 1));
    return length >= 400 ? [] : [`bit ${bit} comes from a shift register of ${length} bits`];
  });
}

function mostOften(values) {
  const counts = new Map();
  let most = 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    most = Math.max(most, count);
  }
  return most;
}

/** What is wrong with `keys`, in the order in which they came. */
function faultsOfKeys(keys) {
  const faults = [];
  if (new Set(keys).size !== keys.length) {
    faults.push(`${keys.length - new Set(keys).size} of ${keys.length} keys come again`);
  }
  const pairs = keys.slice(1).map((key, i) => [keys[i], key]);
  for (const [what, values] of [["differences", pairs.map(([a, b]) => (b - a) >>> 0)],
    ["exclusive ors", pairs.map(([a, b]) => (a ^ b) >>> 0)]]) {
    const most = mostOften(values);
    if (most > EQUAL_DIFFERENCES_MAX) faults.push(`${most} equal ${what}`);
  }
  return [...faults, ...faultsOfBits(Int32Array.from(keys)), ...faultsOfBytes(keys),
    ...faultsOfLinearity(keys)];
}

module.exports = { faultsOfKeys };
