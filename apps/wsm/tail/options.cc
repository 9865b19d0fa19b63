#include "tail/options.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "tail/config_options.h"
#include "tail/count_text.h"
#include "tail/duration_text.h"
#include "tail/escaped_text.h"
#include "tail/option_names.h"
#include "tail/topic_list.h"
#include "wire/upgrade_request.h"
#include "wire/url.h"

namespace wsm::tail {
namespace {

using Check = Result<void, std::string>;

Failure<std::string> fault(std::string_view option, std::string_view problem) {
  return Failure{fmt::format("{}: {}", option, problem)};
}

// A word that is out of place is mostly a topic, of a list with blanks in it.
Check check_words(const Arguments& arguments) {
  const auto is_url = [](const std::string& word) { return word.find("://") != word.npos; };
  const auto& words = arguments.words;
  const bool is_url_behind = std::any_of(words.begin(), words.end(), is_url);
  const auto stray =
      std::find_if(words.begin(), words.end(), [](const auto& w) { return w != "-"; });
  if (stray == words.end()) return {};
  const bool is_first_stray = is_url_behind && !is_url(arguments.url);
  return fault(fmt::format("unexpected word '{}'", is_first_stray ? arguments.url : *stray),
               "a list of topics is one word, as in --topics a,b");
}

Result<std::vector<std::string>, std::string> gather_topics(const Arguments& arguments) {
  std::vector<std::string> topics;
  const auto append = [&](const std::vector<std::string>& more) {
    topics.insert(topics.end(), more.begin(), more.end());
  };
  std::vector<std::string> files = arguments.topics_files;
  files.insert(files.end(), arguments.words.begin(), arguments.words.end());
  for (const std::string& list : arguments.topics) {
    if (list == "-") {
      files.push_back(list);
    } else {
      append(split_topics(list));
    }
  }
  for (const std::string& file : files) {
    const auto from_file = read_topics_file(file);
    if (!from_file) return fault("--topics-file", from_file.error());
    append(*from_file);
  }
  auto checked = check_topics(std::move(topics));
  if (!checked) return fault("--topics", checked.error());
  const bool is_asked_for = !arguments.topics.empty() || !files.empty();
  if (is_asked_for && checked->empty()) return fault("--topics", "there is not a single topic");
  return checked;
}

using MaybeTemplate = std::optional<RequestTemplate>;

Result<MaybeTemplate, std::string> parse_template(std::string_view option,
                                                  const std::optional<std::string>& text,
                                                  const std::vector<std::string>& topics) {
  if (!text) return MaybeTemplate{};
  auto request = RequestTemplate::parse(*text);
  if (!request) return fault(option, to_string(request.error()));
  if (request->takes_topics() && topics.empty()) {
    return fault(option,
                 "has a place for topics, but there are none; give some with --topics a,b "
                 "or --topics-file FILE");
  }
  if (!request->takes_topics() && !topics.empty()) {
    return fault(option,
                 "has no place for the topics; write $topics where their list belongs, or "
                 "$topic for a message each");
  }
  const auto expanded = request->check_expansion(topics);
  if (!expanded) return fault(option, to_string(expanded.error()));
  return MaybeTemplate{*std::move(request)};
}

Check check_requests(const Arguments& arguments, const std::vector<std::string>& topics) {
  if (!arguments.subscribe && !topics.empty()) {
    return fault("--subscribe",
                 "is missing: how are topics asked for? For example\n  --subscribe "
                 R"('{"op":"subscribe","args":$topics,"id":$id}')");
  }
  if (!arguments.subscribe && arguments.unsubscribe) {
    return fault("--unsubscribe", "needs --subscribe");
  }
  if (arguments.text_pong && !arguments.text_ping) {
    return fault("--text-pong", "answers --text-ping, which is missing");
  }
  return {};
}

Result<std::vector<Header>, std::string> parse_headers(const std::vector<std::string>& lines) {
  std::vector<Header> headers;
  for (const std::string& line : lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0) {
      return fault("--header", fmt::format("'{}' is not of the form 'Name: value'", line));
    }
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    headers.push_back(
        {line.substr(0, colon), value == std::string::npos ? "" : line.substr(value)});
  }
  return headers;
}

Result<std::vector<std::string>, std::string> unescape_all(std::string_view option,
                                                           const std::vector<std::string>& texts) {
  std::vector<std::string> plain;
  for (const std::string& text : texts) {
    auto unescaped = unescape_text(text);
    if (!unescaped) return fault(option, to_string(unescaped.error()));
    plain.push_back(*std::move(unescaped));
  }
  return plain;
}

Check apply_texts(const Arguments& arguments, ShardManagerConfigBuilder& builder) {
  if (arguments.text_ping) {
    const auto ping = unescape_text(*arguments.text_ping);
    if (!ping) return fault("--text-ping", to_string(ping.error()));
    builder.text_ping(*ping);
  }
  if (arguments.text_pong) {
    const auto pong = unescape_text(*arguments.text_pong);
    if (!pong) return fault("--text-pong", to_string(pong.error()));
    builder.text_pong(*pong);
  }
  return {};
}

Check apply_tls(const Arguments& arguments, ShardManagerConfigBuilder& builder) {
  if (!arguments.ca.empty() && !std::ifstream{arguments.ca}) {
    return fault("--ca", fmt::format("cannot read '{}': {}", arguments.ca, std::strerror(errno)));
  }
  TlsOptions tls;
  tls.ca_file = arguments.ca;
  tls.server_name = arguments.server_name;
  tls.certificate_file = arguments.certificate;
  tls.key_file = arguments.key;
  tls.pins = arguments.pins;
  tls.key_log_file = arguments.key_log;
  tls.dangerously_skip_verification = arguments.is_insecure;
  builder.tls(tls);
  return {};
}

Result<std::optional<std::uint64_t>, std::string> read_count(
    std::string_view option, const std::optional<std::string>& text) {
  if (!text) return std::optional<std::uint64_t>{};
  const auto count = parse_count(*text);
  if (!count) return fault(option, count.error());
  return std::optional{*count};
}

std::string describe(const ConfigError& error) {
  std::string text;
  for (const ConfigFault& fault : error.faults) {
    if (!text.empty()) text += "; ";
    text += with_option_names(fmt::format("{}: {}", fault.field, fault.problem));
  }
  return text;
}

Result<ShardManagerConfig, std::string> build_config(const Arguments& arguments,
                                                     bool takes_one_topic) {
  auto builder = ShardManagerConfig::builder();
  if (auto checked = apply_texts(arguments, builder); !checked) return Failure{checked.error()};
  if (auto checked = apply_tls(arguments, builder); !checked) return Failure{checked.error()};
  auto checked = apply_config_options(arguments, builder);
  if (!checked) return Failure{checked.error()};
  if (takes_one_topic && *parse_count(arguments.batch.value_or("1")) != 1) {
    return fault("--batch", "$topic makes a message of each topic; write $topics for several");
  }
  if (takes_one_topic) builder.subscriptions_per_message(1);
  auto config = builder.build();
  if (!config) return Failure{describe(config.error())};
  return *std::move(config);
}

// The library would say the same, but only when it connects.
Check check_upgrade(const std::string& url, const std::vector<Header>& headers,
                    const std::vector<std::string>& subprotocols) {
  auto parsed = parse_url(url);
  if (!parsed) return fault(fmt::format("URL '{}'", url), parsed.error().detail);
  UpgradeRequest request;
  request.url = *std::move(parsed);
  request.headers = headers;
  request.subprotocols = subprotocols;
  const auto encoded = encode_upgrade_request(request);
  if (!encoded) return fault("--header or --subprotocol", encoded.error().detail);
  return {};
}

bool takes_one_topic(const MaybeTemplate& request) { return request && request->takes_one_topic(); }

}  // namespace

Result<Options, std::string> check_arguments(const Arguments& arguments) {
  if (const auto checked = check_words(arguments); !checked) return Failure{checked.error()};
  auto headers = parse_headers(arguments.headers);
  if (!headers) return Failure{headers.error()};
  const auto upgrade = check_upgrade(arguments.url, *headers, arguments.subprotocols);
  if (!upgrade) return Failure{upgrade.error()};
  auto topics = gather_topics(arguments);
  if (!topics) return Failure{topics.error()};
  const auto requests = check_requests(arguments, *topics);
  if (!requests) return Failure{requests.error()};
  auto subscribe = parse_template("--subscribe", arguments.subscribe, *topics);
  if (!subscribe) return Failure{subscribe.error()};
  auto unsubscribe = parse_template("--unsubscribe", arguments.unsubscribe, *topics);
  if (!unsubscribe) return Failure{unsubscribe.error()};
  auto keys = read_message_keys(arguments);
  if (!keys) return Failure{keys.error()};
  if (keys->request && !(*subscribe && (*subscribe)->takes_id())) {
    return fault("--id-key", "needs $id in --subscribe, or no answer could name its request");
  }
  auto sends = unescape_all("--send", arguments.sends);
  if (!sends) return Failure{sends.error()};
  auto config =
      build_config(arguments, takes_one_topic(*subscribe) || takes_one_topic(*unsubscribe));
  if (!config) return Failure{config.error()};
  const auto binary = binary_form_from(arguments.binary);
  if (!binary) return fault("--binary", "must be base64, hex or text");
  const auto message_limit = read_count("--count", arguments.count);
  if (!message_limit) return Failure{message_limit.error()};
  std::optional<Duration> time_limit;
  if (arguments.duration) {
    const auto duration = parse_duration(*arguments.duration);
    if (!duration) return fault("--duration", duration.error());
    time_limit = *duration;
  }
  return Options{.url = arguments.url,
                 .config = *std::move(config),
                 .topics = *std::move(topics),
                 .subscribe = *std::move(subscribe),
                 .unsubscribe = *std::move(unsubscribe),
                 .headers = *std::move(headers),
                 .subprotocols = arguments.subprotocols,
                 .first_messages = *std::move(sends),
                 .heartbeats = arguments.heartbeats,
                 .keys = *std::move(keys),
                 .format = arguments.is_json ? LineFormat::kJson : LineFormat::kPlain,
                 .binary = *binary,
                 .message_limit = *message_limit,
                 .time_limit = time_limit,
                 .is_insecure = arguments.is_insecure,
                 .is_quiet = arguments.is_quiet,
                 .is_uncoloured = arguments.is_uncoloured,
                 .is_retrying = arguments.is_retrying};
}

}  // namespace wsm::tail
