"use strict";

const { compressedEchoes, PLAIN } = require("../compressed_cases.cjs");
const { echoes, refuses } = require("../cases.cjs");
const { text } = require("../frames.cjs");
const { ticker } = require("../samples.cjs");

const ACCEPT = "Sec-WebSocket-Accept";
const EXTENSIONS = "Sec-WebSocket-Extensions";

const opens = (what, answer, more) => echoes(what, [text("x")], ["x"], { answer, ...more });
const opensWith = (headers) => opens(JSON.stringify(headers), { headers });
const refusesHeaders = (headers) => refuses(JSON.stringify(headers), { headers });

const messages = [1, 1, 2].map((seed) => ({ binary: false, data: ticker(300, seed) }));
const agreesTo = (extension) => compressedEchoes(extension, messages, { extension });

module.exports = {
  number: 15,
  title: "The opening handshake",
  groups: [
    {
      sent: "the answer byte by byte, and in one write with the first frame",
      expected: "the frame is served", rule: "RFC 6455, 4.1",
      cases: [opens("byte by byte", {}, { headPieces: 1 }),
        opens("together", {}, { together: true }),
        opens("in pieces of 7 bytes, then together", {}, { headPieces: 7, together: true })],
    },
    {
      sent: "answers that are unusual: other words for the status, lists, upper case, more headers,"
        + " an interim response before",
      expected: "the connection opens", rule: "RFC 6455, 4.1; RFC 9110, 7.6.1 and 15.2",
      cases: [
        opens("another phrase", { status: "HTTP/1.1 101 Web Socket Protocol Handshake" }),
        opens("no phrase", { status: "HTTP/1.1 101 " }),
        opens("an interim response",
          { status: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 101 Now" }),
        ...[{ Upgrade: "WebSocket" }, { Connection: "keep-alive, Upgrade" },
          { Connection: ["keep-alive", "upgrade"] }, { Server: "judge", "X-Empty": "" },
          { [EXTENSIONS]: "" }, { [EXTENSIONS]: ", ," }].map(opensWith),
      ],
    },
    {
      sent: "an agreement on compression in other spellings: quotes, blanks, upper case, an empty"
        + " element",
      expected: "messages come back, compressed", rule: "RFC 7692, 5; RFC 6455, 9.1",
      cases: [`${PLAIN};server_max_window_bits=10`, `${PLAIN}; server_max_window_bits="10"`,
        `${PLAIN} ;\tclient_max_window_bits = 10`, "Permessage-Deflate",
        `${PLAIN}; client_no_context_takeover; server_no_context_takeover`, `, ${PLAIN},`]
        .map(agreesTo),
    },
    {
      sent: "an answer that proves nothing: the accept value missing, wrong or twice, no or another"
        + " upgrade, HTTP/1.0",
      expected: "the client leaves without a frame", rule: "RFC 6455, 4.1",
      cases: [
        refuses("HTTP/1.0", { status: "HTTP/1.0 101 Switching Protocols" }),
        ...[{ [ACCEPT]: undefined }, { [ACCEPT]: "" }, { [ACCEPT]: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
          { [ACCEPT]: ["a", "b"] }, { Upgrade: undefined }, { Upgrade: "h2c" },
          { Upgrade: ["websocket", "h2c"] }, { Connection: undefined }, { Connection: "close" },
          { "Sec-WebSocket-Protocol": "chat" }].map(refusesHeaders),
      ],
    },
    {
      sent: "windows of less than 8 or more than 15 bits, and numbers that are none",
      expected: "the client leaves without a frame", rule: "RFC 7692, 7.1.2", deviation: "8 bits",
      cases: ["server", "client"].flatMap((side) =>
        ["=7", "=16", "=0", "=08", "=-8", "=1000000000000", "=x", "=", ""].map((value) =>
          refusesHeaders({ [EXTENSIONS]: `${PLAIN}; ${side}_max_window_bits${value}` }))),
    },
    {
      sent: "what was not offered: other extensions, parameters that are unknown, repeated or have"
        + " a value too many, the same extension twice, what is no list",
      expected: "the client leaves without a frame", rule: "RFC 6455, 4.1; RFC 7692, 5.1 and 7.1",
      cases: ["x-webkit-deflate-frame", `${PLAIN}, x-other`, `${PLAIN}, ${PLAIN}`,
        [PLAIN, PLAIN], `${PLAIN}; unknown`, `${PLAIN}; server_no_context_takeover=1`,
        `${PLAIN}; client_no_context_takeover; client_no_context_takeover`,
        `${PLAIN}; server_max_window_bits=10; server_max_window_bits=10`,
        `${PLAIN};`, "=", `"${PLAIN}"`]
        .map((extension) => refusesHeaders({ [EXTENSIONS]: extension })),
    },
  ],
};
