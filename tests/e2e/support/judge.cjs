// A small fuzzing server on the Node package `ws`: /getCaseCount, /runCase, /updateReports.
//
// The upgrade and the receiving side are the package's; what a case sends is written to the socket
// frame by frame, so that it can be wrong. Each case decides by what comes back, and the verdicts
// go to stdout as JSON lines: {"case":1,"agent":…,"name":…,"passed":true,"seen":…}.
"use strict";

const { WebSocketServer } = require("ws");

const TEXT = 1, BINARY = 2, CONTINUATION = 0, CLOSE = 8, PING = 9, PONG = 10;

/** One unmasked frame (RFC 6455, section 5.2), as a server sends it. */
function frame(opcode, payload, { fin = true, rsv = 0, masked = false } = {}) {
  const body = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let head;
  if (body.length < 126) {
    head = Buffer.from([first, mask | body.length]);
  } else if (body.length < 65536) {
    head = Buffer.from([first, mask | 126, body.length >> 8, body.length & 0xff]);
  } else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat(masked ? [head, Buffer.alloc(4), body] : [head, body]);
}

const close = (code, reason = "") =>
  frame(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));

/** Sends `frames` and wants the messages back as they were; then closes. */
function echoes(name, frames, messages, chop = 0) {
  return { name, frames, chop, expect: { messages, code: 1000 }, closeAfter: messages.length };
}

/** Sends `frames` and wants the connection failed with `code`, after `messages` at the most. */
function fails(name, frames, code, messages = []) {
  return { name, frames, chop: 0, expect: { messages, code }, closeAfter: Infinity };
}

const sizes = [0, 125, 126, 127, 128, 65535, 65536, 1 << 20, 16 << 20];
const letters = (length) => Buffer.alloc(length, "*");
const euro = Buffer.from("€ 😀 κόσμε");

const cases = [
  ...sizes.map((n) =>
    echoes(`text of ${n} bytes`, [frame(TEXT, letters(n))], [[false, letters(n)]])),
  ...sizes.map((n) =>
    echoes(`binary of ${n} bytes`, [frame(BINARY, letters(n))], [[true, letters(n)]])),
  echoes("text in single bytes on the wire", [frame(TEXT, euro)], [[false, euro]], 1),
  echoes("text cut inside of a character",
    [frame(TEXT, euro.subarray(0, 1), { fin: false }), frame(CONTINUATION, euro.subarray(1))],
    [[false, euro]]),
  echoes("a message in many fragments",
    [frame(BINARY, letters(3), { fin: false }),
      ...Array.from({ length: 50 }, () => frame(CONTINUATION, letters(2), { fin: false })),
      frame(CONTINUATION, "")],
    [[true, letters(103)]]),
  { ...echoes("a ping between fragments",
    [frame(TEXT, "ab", { fin: false }), frame(PING, "hello"), frame(CONTINUATION, "cd")],
    [[false, Buffer.from("abcd")]]), pongs: ["hello"] },
  { ...echoes("a ping of 125 bytes", [frame(PING, letters(125)), frame(TEXT, "x")],
    [[false, Buffer.from("x")]]), pongs: [letters(125).toString()] },
  echoes("a pong that nobody asked for", [frame(PONG, "unasked"), frame(TEXT, "x")],
    [[false, Buffer.from("x")]]),
  echoes("ten messages in one write",
    Array.from({ length: 10 }, (_, i) => frame(TEXT, `m${i}`)),
    Array.from({ length: 10 }, (_, i) => [false, Buffer.from(`m${i}`)])),
  ...[1000, 1001, 1003, 1007, 1011, 3000, 4999].map((code) =>
    fails(`close with ${code}`, [close(code, "bye")], code)),
  fails("close without a code", [frame(CLOSE, "")], 1005),
  fails("nothing is echoed after a close", [close(1000), frame(TEXT, "late")], 1000),
  ...[0, 999, 1004, 1005, 1006, 1016, 2999, 5000].map((code) =>
    fails(`close with the forbidden ${code}`, [close(code)], 1002)),
  fails("close with one byte", [frame(CLOSE, "x")], 1002),
  fails("close with a reason that is not UTF-8",
    [frame(CLOSE, Buffer.from([0x03, 0xe8, 0xff]))], 1007),
  fails("a ping of 126 bytes", [frame(PING, letters(126))], 1002),
  fails("a ping in fragments", [frame(PING, "a", { fin: false })], 1002),
  fails("a reserved bit", [frame(TEXT, "x", { rsv: 4 })], 1002),
  fails("a reserved opcode", [frame(3, "x")], 1002),
  fails("a reserved control opcode", [frame(11, "x")], 1002),
  fails("a masked frame", [frame(TEXT, "x", { masked: true })], 1002),
  fails("a continuation of nothing", [frame(CONTINUATION, "x")], 1002),
  fails("text within a message", [frame(TEXT, "a", { fin: false }), frame(TEXT, "b")], 1002),
  fails("text that is not UTF-8", [frame(TEXT, Buffer.from([0xce, 0xba, 0xff]))], 1007),
  fails("a surrogate", [frame(TEXT, Buffer.from([0xed, 0xa0, 0x80]))], 1007),
  fails("text that is not UTF-8 after one that is",
    [frame(TEXT, "good"), frame(TEXT, Buffer.from([0xc0, 0xaf]))], 1007,
    [[false, Buffer.from("good")]]),
];

// The upgrade is accepted, and nothing follows but the end of TCP.
cases.push({ ...fails("a connection that is dropped at once", [], 1006), isDropped: true });

function write(socket, bytes, chop) {
  if (!chop) return socket.write(bytes);
  for (let at = 0; at < bytes.length; at += chop) socket.write(bytes.subarray(at, at + chop));
}

function run(ws, number, agent) {
  const { name, frames, chop, expect, closeAfter, pongs = [], isDropped } = cases[number - 1];
  const messages = [], ponged = [];
  const closeWhenEchoed = () => {
    if (messages.length === closeAfter) ws._socket.write(close(1000));
  };
  ws.on("message", (data, isBinary) => {
    messages.push([isBinary, data]);
    closeWhenEchoed();
  });
  ws.on("pong", (data) => ponged.push(data.toString()));
  ws.on("error", () => {});
  ws.on("close", (code) => {
    const isSame = messages.length === expect.messages.length &&
      messages.every(([binary, data], i) =>
        binary === expect.messages[i][0] && data.equals(expect.messages[i][1]));
    const passed = isSame && code === expect.code && ponged.join() === pongs.join();
    const seen = { code, messages: messages.map(([, data]) => data.length), pongs: ponged.length };
    console.log(JSON.stringify({ case: number, agent, name, passed, seen }));
  });
  if (isDropped) return ws._socket.destroy();
  write(ws._socket, Buffer.concat(frames), chop);
  closeWhenEchoed();
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 64 << 20 });
server.on("listening", () => {
  const { port } = server.address();
  console.log(JSON.stringify({ event: "listening", port, cases: cases.length }));
});
server.on("connection", (ws, request) => {
  ws._socket.setNoDelay(true);
  const url = new URL(request.url, "ws://judge");
  const agent = url.searchParams.get("agent");
  switch (url.pathname) {
    case "/getCaseCount":
      ws.send(String(cases.length));
      return ws.close(1000);
    case "/runCase":
      return run(ws, Number(url.searchParams.get("case")), agent);
    case "/updateReports":
      console.log(JSON.stringify({ event: "reports", agent }));
      return ws.close(1000);
    default:
      return ws.close(1008, "unknown path");
  }
});

// So that it cannot outlive the test that started it.
process.stdin.resume();
process.stdin.on("close", () => process.exit(0));
