"use strict";

const { echoes } = require("../cases.cjs");
const { text } = require("../frames.cjs");
const { faultsOfKeys } = require("../mask_statistics.cjs");

const FRAMES = 100000;
const frames = Buffer.concat(Array.from({ length: FRAMES }, () => text("")));

module.exports = {
  number: 14,
  title: "Masking keys",
  groups: [
    {
      sent: "100,000 messages",
      expected: "come back, with masking keys of which none comes twice, and in which the tests of"
        + " mask_statistics.cjs find no pattern",
      rule: "RFC 6455, 5.3 and 10.3", deviation: "masks",
      cases: [echoes("100,000 frames", [frames], Array.from({ length: FRAMES }, () => ""),
        { check: ({ keys }) => faultsOfKeys(keys.slice(0, FRAMES)) })],
    },
  ],
};
