// A feed on the Node package `ws`: JSON subscriptions, acknowledgements, numbered messages.
//
// Prints one JSON object a line; the first is {"event":"listening","port":…}. Lines on stdin are
// commands: "report" prints what each connection has asked for, "close CODE REASON" closes all
// connections, "mute TOPIC" says nothing more about it until it is asked for again, "quit" ends the
// process. It also ends when stdin is closed, so that it cannot
// outlive the test that started it.
//
// node feed_server.cjs [--port N] [--rate MS] [--refuse STATUS] [--subprotocol NAME] [--binary]
//     [--reject TOPIC] [--deflate]
"use strict";

const http = require("http");
const readline = require("readline");
const { WebSocketServer } = require("ws");

function option(name, fallback) {
  const at = process.argv.indexOf("--" + name);
  return at < 0 ? fallback : process.argv[at + 1];
}

const refuse = Number(option("refuse", "0"));
const subprotocol = option("subprotocol", "");
const rejected = option("reject", "");  // A request for it is refused as a whole.
const isBinary = process.argv.includes("--binary");
const connections = [];
const muted = new Set();

function say(object) {
  process.stdout.write(JSON.stringify(object) + "\n");
}

const server = http.createServer((request, response) => {
  response.writeHead(426);
  response.end();
});
const sockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: process.argv.includes("--deflate") ? { threshold: 0 } : false,
  handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
});

server.on("upgrade", (request, socket, head) => {
  if (refuse) {
    socket.end(`HTTP/1.1 ${refuse} Refused\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (ws) => serve(ws, request));
});

function serve(ws, request) {
  const connection = {
    ws, path: request.url, headers: request.headers, address: request.socket.remoteAddress,
    subscribed: {}, unsubscribed: [], texts: [],
    requests: 0, requestTimes: [], closeCode: null,
  };
  connections.push(connection);
  ws.on("message", (data) => receive(connection, data.toString()));
  ws.on("close", (code) => { connection.closeCode = code; });
  ws.on("error", () => {});
}

function receive(connection, text) {
  let request;
  try {
    request = JSON.parse(text);
  } catch {
    connection.texts.push(text);
    if (text === "ping") connection.ws.send("pong");
    return;
  }
  const topics = request.args ?? [request.arg];
  if (request.op === "unsubscribe") {
    for (const topic of topics) delete connection.subscribed[topic];
    connection.unsubscribed.push(...topics);
    return;
  }
  if (request.op !== "subscribe") {
    connection.texts.push(text);
    return;
  }
  connection.requests += 1;
  connection.requestTimes.push(performance.now());
  if (rejected && topics.includes(rejected)) {
    const message = `no such topic: ${rejected}`;
    connection.ws.send(JSON.stringify({ op: "error", id: request.id, message }));
    return;
  }
  for (const topic of topics) {
    muted.delete(topic);
    connection.subscribed[topic] = (connection.subscribed[topic] ?? 0) + 1;
  }
  connection.ws.send(JSON.stringify({ op: "subscribe", id: request.id, ok: true }));
}

let sequence = 0;
setInterval(() => {
  sequence += 1;
  for (const { ws, subscribed, path } of connections) {
    if (ws.readyState !== ws.OPEN) continue;
    const topics = path === "/all" ? ["all"] : Object.keys(subscribed);
    for (const topic of topics) {
      if (muted.has(topic)) continue;
      ws.send(Buffer.from(JSON.stringify({ topic, seq: sequence })), { binary: isBinary });
    }
  }
}, Number(option("rate", "20")));

function report() {
  say({
    event: "report",
    sequence,
    connections: connections.map((c) => ({
      path: c.path, headers: c.headers, address: c.address, subscribed: c.subscribed,
      unsubscribed: c.unsubscribed, texts: c.texts, requests: c.requests,
      requestTimes: c.requestTimes, closeCode: c.closeCode, subprotocol: c.ws.protocol,
      extensions: c.ws.extensions,
    })),
  });
}

const commands = readline.createInterface({ input: process.stdin });
commands.on("line", (line) => {
  const [command, ...rest] = line.split(" ");
  if (command === "report") report();
  if (command === "close") {
    for (const { ws } of connections) ws.close(Number(rest[0]), rest.slice(1).join(" "));
  }
  if (command === "kill-oldest") {
    connections.find(({ ws }) => ws.readyState === ws.OPEN)?.ws.terminate();
  }
  if (command === "mute") muted.add(rest[0]);
  if (command === "quit") process.exit(0);
});
commands.on("close", () => process.exit(0));

server.listen(Number(option("port", "0")), "127.0.0.1", () => {
  say({ event: "listening", port: server.address().port });
});
