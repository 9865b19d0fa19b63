#include "tail/tail_command.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "exit_code.h"
#include "process/stderr_text.h"
#include "tail/help_text.h"
#include "tail/options.h"
#include "tail/tail_run.h"
#include "usage/usage_error.h"

namespace wsm {
namespace {

using tail::Arguments;

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

// The options of one part of the help.
class Section {
 public:
  Section(CLI::App& app, std::string title) : app_(app), title_(std::move(title)) {}

  template <class Value>
  CLI::Option* add(const std::string& name, const std::string& type, Value& value,
                   const std::string& description) {
    return app_.add_option(name, value, description)->type_name(type)->group(title_);
  }
  CLI::Option* add_list(const std::string& name, const std::string& type,
                        std::vector<std::string>& values, const std::string& description) {
    return add_repeatable(app_, name, type, values, description)->group(title_);
  }
  CLI::Option* add_flag(const std::string& name, bool& value, const std::string& description) {
    return app_.add_flag(name, value, description)->group(title_);
  }

 private:
  CLI::App& app_;
  std::string title_;
};

void add_subscription_options(Section section, Arguments& arguments) {
  section.add("--subscribe", "TEMPLATE", arguments.subscribe, "Request for topics");
  section.add("--unsubscribe", "TEMPLATE", arguments.unsubscribe, "Request that ends them");
  section.add_list("--topics", "LIST", arguments.topics, "Topics a,b,c; - reads them from stdin");
  section.add_list("--topics-file", "FILE", arguments.topics_files,
                   "One topic a line; # begins a comment; - is stdin");
}

void add_connection_options(Section section, Arguments& arguments) {
  section.add_list("--header", "TEXT", arguments.headers, "'Name: value' for the upgrade request");
  section.add_list("--subprotocol", "NAME", arguments.subprotocols, "Subprotocol to offer");
  section.add_list("--send", "TEXT", arguments.sends, "First message of each connection: a login");
  section.add_flag("--retry", arguments.is_retrying, "Try on when the first connection fails");
  section.add("--compression", "CHOICE", arguments.compression,
              "To offer: off, on, no-context-takeover (off)");
  section.add("--redundancy", "N", arguments.redundancy,
              "Connections for each topic, so that none is missed with any one of them (1)");
  section.add("--renew-every", "DURATION", arguments.renew_every,
              "Age at which a connection is replaced, or none (15m)");
  section.add("--breaker-threshold", "N", arguments.breaker_threshold,
              "Failures in a row, of all shards, after which one at a time tries (5)");
  section.add("--breaker-reset-timeout", "DURATION", arguments.breaker_reset_timeout,
              "Longest time until it does (1m)");
  CLI::Option* const ca =
      section.add("--ca", "FILE", arguments.ca, "PEM file of the only authorities to trust");
  section.add("--server-name", "NAME", arguments.server_name, "Name to expect in the certificate");
  section.add("--cert", "FILE", arguments.certificate, "PEM file of our own certificate");
  section.add("--key", "FILE", arguments.key, "PEM file of its private key, without a passphrase");
  section.add_list("--pin", "PIN", arguments.pins,
                   "sha256/BASE64 of a public key; the server must have one of them");
  section.add("--key-log", "FILE", arguments.key_log,
              "Appends the secrets of TLS, for tools that decrypt what was recorded");
  section.add("--max-redirects", "N", arguments.max_redirects,
              "Redirects to the same host that an attempt follows (5)");
  section.add_flag("--insecure", arguments.is_insecure, "Accept any certificate")->excludes(ca);
}

void add_limit_options(Section section, Arguments& arguments) {
  section.add("--max-per-shard", "N", arguments.max_per_shard, "Topics on one connection (500)");
  section.add("--batch", "N", arguments.batch, "Topics in one request (200)");
  section.add("--batch-bytes", "N", arguments.batch_bytes, "Bytes of one request (4096)");
  section.add("--messages-per-window", "N", arguments.messages_per_window,
              "Frames that a connection may send, pings too, in any --window");
  section.add("--window", "DURATION", arguments.window, "Of --messages-per-window");
  section.add("--message-spacing", "DURATION", arguments.message_spacing,
              "Time between two frames of a connection, at least");
  section.add("--connects-per-window", "N", arguments.connects_per_window,
              "Attempts to connect, of all shards, in any --connect-window");
  section.add("--connect-window", "DURATION", arguments.connect_window, "Of --connects-per-window");
  section.add("--max-connections", "N", arguments.max_connections,
              "Connections at a time, those that replace others included");
  section.add("--max-subscriptions", "N", arguments.max_subscriptions,
              "Subscriptions over all connections, each counted on every one that has it");
  section.add_list("--source-ip", "ADDRESS", arguments.source_ips,
                   "Address of ours to connect from; each has its own --connects-per-window");
  section.add("--shards-per-ip", "N", arguments.shards_per_ip, "Shards on each --source-ip (10)");
  section.add_list("--proxy", "URL", arguments.proxies,
                   "socks5://, socks5h://, http:// or https://[USER:PASSWORD@]HOST[:PORT]; of "
                   "several, each connection goes through the next that works");
}

void add_message_options(Section section, Arguments& arguments) {
  section.add("--topic-key", "KEY", arguments.topic_key, "Where data has its topic");
  section.add("--sequence-key", "KEY", arguments.sequence_key,
              "Where data has its number, which counts its topic");
  section.add("--previous-key", "KEY", arguments.previous_key,
              "Where data has the number before it, if numbers are not consecutive");
  section.add("--id-key", "KEY", arguments.id_key, "Where an answer has the $id of its request");
  section.add("--error-key", "KEY", arguments.error_key, "Where a refusal has its reason");
  section.add_list("--heartbeat", "TEXT", arguments.heartbeats,
                   "Messages that contain this are no data");
}

void add_health_options(Section section, Arguments& arguments) {
  section.add("--ping-interval", "DURATION", arguments.ping_interval,
              "Time between pings, or none (20s)");
  section.add("--text-ping", "TEXT", arguments.text_ping, "Text to send instead of ping frames");
  section.add("--text-pong", "TEXT", arguments.text_pong, "Text that answers it (PONG)");
  section.add("--data-timeout", "DURATION", arguments.data_timeout,
              "Silence after which a connection is replaced, or none (30s)");
  section.add("--subscription-timeout", "DURATION", arguments.subscription_timeout,
              "Silence after which a topic is asked for again");
  section.add("--subscription-timeout-intervals", "N", arguments.subscription_timeout_intervals,
              "The same, as so many of its own mean intervals");
  section.add("--ack-timeout", "DURATION", arguments.ack_timeout,
              "Time for the answer to a request, or none; then it is sent again (10s)");
}

void add_output_options(Section section, Arguments& arguments) {
  section.add_flag("--json", arguments.is_json,
                   "A JSON object a line, with shard and time; the summary last");
  section.add("--binary", "FORM", arguments.binary,
              "Binary messages as base64, hex or text (base64); text is base64 in --json");
  section.add_flag("--quiet", arguments.is_quiet, "Nothing on stderr but why it failed");
  section.add_flag("--no-color", arguments.is_uncoloured, "No colours on stderr");
  section.add("--queue-capacity", "N", arguments.queue_capacity,
              "Messages that wait while stdout is slow (65536)");
  section.add("--when-full", "CHOICE", arguments.when_full,
              "What gives way then: block, drop-oldest, drop-newest, latest (block)");
  section.add("--count", "N", arguments.count, "End after so many messages");
  section.add("--duration", "DURATION", arguments.duration, "End after this time");
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
  add_subscription_options({*command, "Subscriptions"}, *arguments);
  add_connection_options({*command, "Connections"}, *arguments);
  add_limit_options({*command, "Limits of the server"}, *arguments);
  add_message_options({*command, "What JSON messages say"}, *arguments);
  add_health_options({*command, "Health"}, *arguments);
  add_output_options({*command, "Output"}, *arguments);
  command->footer(tail::help_text());
  command->callback(
      [arguments, &exit_code] { exit_code = static_cast<int>(run_checked(*arguments)); });
}

}  // namespace wsm
