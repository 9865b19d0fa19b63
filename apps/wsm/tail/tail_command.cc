#include "tail/tail_command.h"

#include <memory>
#include <string>
#include <vector>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "exit_code.h"
#include "process/stderr_text.h"
#include "tail/duration_text.h"
#include "tail/options.h"
#include "tail/tail_run.h"
#include "usage/usage_error.h"

namespace wsm {
namespace {

using tail::Arguments;

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
      --subscribe '{"method":"sub","topic":$topic}' | jq .text
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

Ctrl-C stops in good order, within 5 s. Once more, half a second later at the earliest, ends it at
once.

While one connection of a shard replaces another, messages that both deliver are written twice.
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
                     tail::duration_text(*defaults.pong_timeout), defaults.failure_threshold);
}

std::string footer() {
  std::string text = std::string{kTemplates} + pings() + "\nExit codes:\n";
  for (const ExitCode code :
       {ExitCode::kOk, ExitCode::kOther, ExitCode::kUsage, ExitCode::kNameNotResolved,
        ExitCode::kConnectFailed, ExitCode::kTlsFailed, ExitCode::kUpgradeRefused,
        ExitCode::kClosedEarly, ExitCode::kNothingRequested, ExitCode::kInterrupted}) {
    text += fmt::format("  {:<4} {}\n", static_cast<int>(code), to_string(code));
  }
  return text += R"(Codes 3 to 7 are of the first connection; after that it reconnects for ever.
With --retry they tell the last failure, when --duration is over and no connection has opened.)";
}

// CLI11's own lists would take "[...]" and "{}" apart, which are common in messages.
CLI::Option* add_repeatable(CLI::App& app, const std::string& name, const std::string& type,
                            std::vector<std::string>& values, const std::string& description) {
  return app
      .add_option(
          name,
          [&values](const CLI::results_t& results) {
            values.insert(values.end(), results.begin(), results.end());
            return true;
          },
          description)
      ->type_name(type)
      ->type_size(1)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

void add_subscription_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--subscribe", arguments.subscribe, "Request for topics")->type_name("TEMPLATE");
  app.add_option("--unsubscribe", arguments.unsubscribe, "Request that ends them")
      ->type_name("TEMPLATE");
  add_repeatable(app, "--topics", "LIST", arguments.topics,
                 "Topics a,b,c; - reads them from stdin");
  add_repeatable(app, "--topics-file", "FILE", arguments.topics_files,
                 "One topic a line; # begins a comment; - is stdin");
  app.add_option("--max-per-shard", arguments.max_per_shard, "Topics on one connection (500)")
      ->type_name("N");
  app.add_option("--batch", arguments.batch, "Topics in one request (200)")->type_name("N");
  app.add_option("--batch-bytes", arguments.batch_bytes, "Bytes of one request (4096)")
      ->type_name("N");
}

void add_connection_options(CLI::App& app, Arguments& arguments) {
  add_repeatable(app, "--header", "TEXT", arguments.headers,
                 "'Name: value' for the upgrade request");
  add_repeatable(app, "--subprotocol", "NAME", arguments.subprotocols, "Subprotocol to offer");
  add_repeatable(app, "--send", "TEXT", arguments.sends,
                 "First message of each connection: a login");
  app.add_option("--text-ping", arguments.text_ping, "Text to send instead of ping frames");
  app.add_option("--text-pong", arguments.text_pong, "Text that answers it (PONG)");
  app.add_option("--ping-interval", arguments.ping_interval, "Time between pings, or none (20s)")
      ->type_name("DURATION");
  app.add_option("--data-timeout", arguments.data_timeout,
                 "Silence after which a connection is replaced, or none (30s)")
      ->type_name("DURATION");
  add_repeatable(app, "--heartbeat", "TEXT", arguments.heartbeats,
                 "Messages that contain this are no data for --data-timeout");
  app.add_flag("--retry", arguments.is_retrying, "Try on when the first connection fails");
}

void add_tls_options(CLI::App& app, Arguments& arguments) {
  CLI::Option* const ca =
      app.add_option("--ca", arguments.ca, "PEM file of the only authorities to trust")
          ->type_name("FILE");
  app.add_option("--server-name", arguments.server_name, "Name to expect in the certificate")
      ->type_name("NAME");
  app.add_flag("--insecure", arguments.is_insecure, "Accept any certificate")->excludes(ca);
}

void add_output_options(CLI::App& app, Arguments& arguments) {
  app.add_flag("--json", arguments.is_json, "A JSON object a line, with shard and time");
  app.add_option("--binary", arguments.binary,
                 "Binary messages as base64, hex or text (base64); text is base64 in --json")
      ->type_name("FORM");
  app.add_flag("--quiet", arguments.is_quiet, "Nothing on stderr but why it failed");
  app.add_flag("--no-color", arguments.is_uncoloured, "No colours on stderr");
  app.add_option("--count", arguments.count, "End after so many messages")->type_name("N");
  app.add_option("--duration", arguments.duration, "End after this time")->type_name("DURATION");
}

ExitCode run_checked(const Arguments& arguments) {
  auto options = tail::check_arguments(arguments);
  if (!options) {
    write_stderr(complaint({"wsm tail", options.error()}));
    return ExitCode::kUsage;
  }
  return tail::run(*std::move(options));
}

}  // namespace

void add_tail_command(CLI::App& app, int& exit_code) {
  CLI::App* const command =
      app.add_subcommand("tail", "Follow a WebSocket feed: messages on stdout, state on stderr");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("URL", arguments->url, "ws:// or wss://")->required();
  // All other words, so that one which has no place there can be named.
  add_repeatable(*command, "stdin", "-", arguments->words,
                 "- reads the topics from stdin, one a line")
      ->allow_extra_args()
      ->option_text(" ");
  add_subscription_options(*command, *arguments);
  add_connection_options(*command, *arguments);
  add_tls_options(*command, *arguments);
  add_output_options(*command, *arguments);
  command->footer(footer());
  command->callback(
      [arguments, &exit_code] { exit_code = static_cast<int>(run_checked(*arguments)); });
}

}  // namespace wsm
