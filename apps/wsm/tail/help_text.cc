#include "tail/help_text.h"

#include <string_view>

#include <fmt/format.h>

#include <wsm/config.h>

#include "exit_code.h"
#include "tail/duration_text.h"

namespace wsm::tail {
namespace {

constexpr std::string_view kTemplates = R"(
Templates (--subscribe, --unsubscribe):
  $topics      the topics of one message, as a JSON list of strings
  $topic       one topic as a JSON string; each topic then has a message of its own
  $topic_text  the same without quotes, for numbers and for protocols that are not JSON
  $id          a number that is different in each message
  $$           a dollar sign; ${name} is the same as $name
A template that begins with { or [ is JSON and is checked before anything is sent. In any other text
\r \n \t \0 \\ and \xHH stand for single characters; so also in --send, --text-ping and --text-pong.

Durations are written like 500ms, 1.5s, 5m, 2h.

Examples:
  wsm tail wss://host/ws
  wsm tail wss://host/ws --topics btc,eth \
      --subscribe '{"op":"subscribe","args":$topics,"id":$id}'
  wsm tail wss://host/ws --topics-file topics.txt --max-per-shard 200 --json \
      --subscribe '{"method":"sub","topic":$topic}' | jq 'select(.kind == "text").text'
  wsm tail wss://host/ws --topics btc,eth --message-spacing 250ms --topic-key topic \
      --id-key id --error-key error --subscription-timeout 1m \
      --subscribe '{"op":"subscribe","args":$topics,"id":$id}'
  wsm tail wss://host/ws --send 'login secret\r\n' --topics btc,eth \
      --subscribe 'sub $topic_text $id\r\n' --text-ping 'ping\r\n' --text-pong 'pong\r\n'

Without --json each text message is written to stdout as it came, with a newline behind it: its
control characters and newlines too. In --json all those of ASCII are escaped.

With --json each message is one object in one line, with these fields:
  shard       number of the slot that carries the topics, from 0
  generation  number of the attempt to connect within its shard, from 1: those that failed count,
              so that it can be more than the connections of the summary
  time        when it arrived, UTC with microseconds: 2026-01-31T12:00:00.000000Z
  kind        text or binary
  text        a text message; or, of a binary one,
  base64      its bytes; also with --binary text, because bytes are no JSON string; or
  hex         its bytes with --binary hex

The last line of --json is the summary, with these fields:
  kind         summary
  exit_code    see below; of a failure to write the last lines, only the process knows
  seconds      how long it ran
  messages, bytes, connections, reconnects  what has come, and over how many connections
  dropped      messages that --when-full let go; superseded: of those, by a newer one of their topic
  lost         messages that --sequence-key shows to be missing
  gaps         times in which messages of a topic were lost, or may have been
  duplicates_removed  messages that another connection had brought before: they are not written
  silent       times in which --subscription-timeout asked for a topic again
  unanswered   requests without an answer in --ack-timeout
  statuses     how many topics are live, requested, desired, stale and rejected
  topics       each topic: topic, status, shard, dropped; since_data, seconds since its last
               message; detail, why it was refused. Both only where they are known

Messages of JSON are looked into where keys are given. A KEY is a name, or names with dots between:
arg.channel, and data.0.s leads into the first item of a list. A message is a refusal if there is
something at --error-key (not null, false, 0 or ""); else an answer, if there is a number at
--id-key; else data, if there is a name at --topic-key. Then topics are known to be
  live         granted, or data has come
  requested    asked for
  desired      not asked for yet, or not again since the connection was lost
  stale        silent for --subscription-timeout, and asked for again
  rejected     refused, for good; when all are, the run ends
Without keys there are only requested and desired. With --previous-key, a message without a number
there is whole without those before it. What answers without an id is best made a --heartbeat.

Limits hold for every interval, wherever it begins. Set them somewhat stricter than the server does:
the network brings closer together what left far enough apart. When stdout is slow and the queue is
full, --when-full block makes reading pause, so that nothing is lost; drop-oldest and drop-newest
let messages go, and latest keeps only the newest of each topic.

Ctrl-C stops in good order, within 5 s. Once more, half a second later at the earliest, ends it at
once.

While one connection of a shard replaces another, both bring messages; with --redundancy all of them
do, always. With --topic-key each message is written once, in order; without, those that both bring
are written twice.
)";

std::string pings() {
  const HealthOptions defaults;
  return fmt::format(R"(
Pings: every --ping-interval a ping frame is sent, or the text of --text-ping. A pong is awaited for
{}, and the connection is given up and made anew when {} pings in a row had none; with
--text-pong the answer may be a text or a binary message. Ping frames of the server are answered.
Pings of a protocol within the messages, such as those of NATS, are messages like all others: they
are written to stdout, and the server that waits for an answer to them will close the connection.
)",
                     duration_text(*defaults.pong_timeout), defaults.failure_threshold);
}

}  // namespace

std::string help_text() {
  std::string text = std::string{kTemplates} + pings() + "\nExit codes:\n";
  for (const ExitCode code :
       {ExitCode::kOk, ExitCode::kOther, ExitCode::kUsage, ExitCode::kNameNotResolved,
        ExitCode::kConnectFailed, ExitCode::kTlsFailed, ExitCode::kUpgradeRefused,
        ExitCode::kClosedEarly, ExitCode::kNothingRequested, ExitCode::kRefused,
        ExitCode::kInterrupted}) {
    text += fmt::format("  {:<4} {}\n", static_cast<int>(code), to_string(code));
  }
  return text += R"(Codes 3 to 7 are of the first connection; after that it reconnects for ever.
With --retry they tell the last failure, when --duration is over and no connection has opened.
Where the server refused some topics, but not all, the code is 0, and the summary names them.)";
}

}  // namespace wsm::tail
