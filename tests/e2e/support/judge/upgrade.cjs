// The upgrade by hand, so that a case chooses what is answered (RFC 6455, section 4.2).
"use strict";

const { createHash } = require("crypto");

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const HEAD_MAX = 16384;

function parseHead(head) {
  const [first, ...lines] = head.split("\r\n");
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { first, headers };
}

/** What a request has to have (RFC 6455, section 4.1). */
const REQUIRED = [
  ["host", /^[^\s/]+$/], ["upgrade", /^websocket$/i], ["connection", /\bupgrade\b/i],
  ["sec-websocket-key", /^[A-Za-z0-9+/]{22}==$/], ["sec-websocket-version", /^13$/],
];

function faultsOfRequest({ first, headers }) {
  const faults = /^GET \/\S* HTTP\/1\.1$/.test(first) ? [] : [`the request is ${first}`];
  return [...faults, ...REQUIRED.flatMap(([name, form]) =>
    (form.test(headers.get(name) ?? "") ? [] : [`the request has ${name}: ${headers.get(name)}`]))];
}

/**
 * The answer to `key`. `answer`: `status`, the first line; `headers` in addition to the usual ones
 * or instead of them, several if it is an array, and none if it is undefined.
 */
function headFor(key, { extension, answer = {} }) {
  const headers = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Accept": createHash("sha1").update(key + GUID).digest("base64"),
    "Sec-WebSocket-Extensions": extension,
    ...answer.headers,
  };
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    (values === undefined ? [] : [values].flat().map((value) => `${name}: ${value}`)));
  const status = answer.status ?? "HTTP/1.1 101 Switching Protocols";
  return Buffer.from([status, ...lines, "", ""].join("\r\n"));
}

/** Calls `onRequest({ target, faults, key })` when the head of the request is here. */
function awaitUpgrade(socket, onRequest) {
  let head = "";
  const onData = (chunk) => {
    head += chunk.toString("latin1");
    if (head.length > HEAD_MAX) return socket.destroy();
    if (!head.endsWith("\r\n\r\n")) return undefined;
    socket.off("data", onData);
    const request = parseHead(head.trimEnd());
    const key = request.headers.get("sec-websocket-key") ?? "";
    const target = request.first.split(" ")[1] ?? "/";
    return onRequest({ target, faults: faultsOfRequest(request), key });
  };
  socket.on("data", onData);
  socket.on("error", () => {});
}

module.exports = { awaitUpgrade, headFor };
