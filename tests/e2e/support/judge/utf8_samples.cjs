// Sequences of each class that RFC 3629 knows, in hexadecimal.
"use strict";

/** Characters of 1 to 4 bytes. */
const EURO = Buffer.from("a€ 😀 κόσμε é");

const VALID = [
  ["U+0000", "00"], ["U+007F", "7f"], ["U+0080", "c280"], ["U+07FF", "dfbf"],
  ["U+0800", "e0a080"], ["U+D7FF", "ed9fbf"], ["U+E000", "ee8080"], ["U+FFFD", "efbfbd"],
  ["U+FEFF", "efbbbf"], ["U+FFFE", "efbfbe"], ["U+FFFF", "efbfbf"], ["U+FDD0", "efb790"],
  ["U+10000", "f0908080"], ["U+1FFFE", "f09fbfbe"], ["U+FFFFF", "f3bfbfbf"],
  ["U+100000", "f4808080"], ["U+10FFFF", "f48fbfbf"], ["κόσμε", "cebae1bdb9cf83cebcceb5"],
  ["CR, LF, NUL", "0d0a00"],
];

const INVALID = [
  ["a lone continuation byte 80", "80"], ["a lone continuation byte bf", "bf"],
  ["two lone continuation bytes", "80bf"], ["fe", "fe"], ["ff", "ff"], ["fe fe ff ff", "fefeffff"],
  ["U+002F in two bytes", "c0af"], ["U+0000 in two bytes", "c080"], ["U+007F in two bytes", "c1bf"],
  ["U+002F in three bytes", "e080af"], ["U+07FF in three bytes", "e09fbf"],
  ["U+002F in four bytes", "f08080af"], ["U+FFFF in four bytes", "f08fbfbf"],
  ["five bytes", "f888808080"], ["six bytes", "fc8480808080"],
  ["the surrogate U+D800", "eda080"], ["the surrogate U+DBFF", "edafbf"],
  ["the surrogate U+DC00", "edb080"], ["the surrogate U+DFFF", "edbfbf"],
  ["a pair of surrogates", "eda080edb080"], ["U+110000", "f4908080"], ["U+13FFFF", "f4bfbfbf"],
  ["U+140000", "f5808080"], ["U+1FFFFF", "f7bfbfbf"],
  ["a letter within two bytes", "c241"], ["a letter within three bytes", "e28241"],
  ["a letter within four bytes", "f09f9841"], ["a lead byte within three bytes", "e282c2"],
  ["one continuation byte too many", "c28080"],
];

/** A message must not end with these. */
const CUT_SHORT = [
  ["1 of 2 bytes", "c2"], ["1 of 3 bytes", "e2"], ["2 of 3 bytes", "e282"], ["1 of 4 bytes", "f0"],
  ["2 of 4 bytes", "f09f"], ["3 of 4 bytes", "f09f98"],
];

/** Shorter than a character, but nothing can follow that would make one of it. */
const DOOMED = [
  ["overlong: c0", "c0"], ["overlong: e0 80", "e080"], ["overlong: f0 80", "f080"],
  ["a surrogate: ed a0", "eda0"], ["above U+10FFFF: f4 90", "f490"], ["above U+10FFFF: f5", "f5"],
];

module.exports = { EURO, VALID, INVALID, CUT_SHORT, DOOMED };
