#include "tail/request_template.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/json/parser.hpp>
#include <fmt/format.h>
#include <simdjson.h>

#include "tail/escaped_text.h"
#include "tail/json_text.h"

namespace wsm::tail {

/// Cuts the text of a template into parts, from left to right.
class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : text_(text) {
    request_.is_json_ = is_json_text(text);
  }

  Result<RequestTemplate, PointedError> parse() {
    while (at_ < text_.size()) {
      const auto step = take_one();
      if (!step) return Failure{step.error()};
    }
    return std::move(request_);
  }

 private:
  using Kind = RequestTemplate::PartKind;

  Result<void, PointedError> take_one() {
    const char c = text_[at_];
    if (c == '$') return take_dollar();
    if (c == '\\' && !request_.is_json_) return take_escape();
    if (request_.is_json_) follow_quotes(c);
    literal() += c;
    ++at_;
    return {};
  }

  Result<void, PointedError> take_escape() {
    const auto behind = append_escape(literal(), text_, at_);
    if (!behind) return Failure{behind.error()};
    at_ = *behind;
    return {};
  }

  Result<void, PointedError> take_dollar() {
    const std::string_view rest = text_.substr(at_ + 1);
    if (rest.starts_with('$')) {
      literal() += '$';
      at_ += 2;
      return {};
    }
    const bool is_braced = rest.starts_with('{');
    const std::string_view name = leading_name(rest.substr(is_braced ? 1 : 0));
    const bool is_closed = !is_braced || rest.substr(1 + name.size()).starts_with('}');
    const auto kind = kind_of(name);
    if (!kind || !is_closed) return error(describe_unknown(name, is_closed));
    const std::size_t size = 1 + name.size() + (is_braced ? 2 : 0);
    if (*kind == Kind::kTopics && is_quoted_ && fills_a_string(size)) {
      return error("$topics is a JSON list; leave out the quotes around it");
    }
    const auto noted = note(*kind);
    if (!noted) return noted;
    request_.parts_.push_back({*kind, is_quoted_, {}});
    at_ += size;
    return {};
  }

  // Whether there are quotes on both sides of the next `size` characters; those of JSON within a
  // string have backslashes. A list with more than that beside it may well belong into a string.
  [[nodiscard]] bool fills_a_string(std::size_t size) const {
    const std::string_view behind = text_.substr(at_ + size);
    return text_.substr(0, at_).ends_with('"') &&
           (behind.starts_with('"') || behind.starts_with(R"(\")"));
  }

  Result<void, PointedError> note(Kind kind) {
    if (kind == Kind::kTopics) request_.takes_topic_list_ = true;
    if (kind == Kind::kTopic || kind == Kind::kTopicText) request_.takes_one_topic_ = true;
    if (kind == Kind::kTopicText) request_.takes_text_ = true;
    if (!request_.takes_topic_list_ || !request_.takes_one_topic_) return {};
    return error("$topics (all in one message) and $topic (one message each) exclude each other");
  }

  // An escaped quote ends no string; a backslash counts inside of strings only.
  void follow_quotes(char c) {
    if (is_escaped_) {
      is_escaped_ = false;
    } else if (c == '\\') {
      is_escaped_ = is_quoted_;
    } else if (c == '"') {
      is_quoted_ = !is_quoted_;
    }
  }

  std::string& literal() {
    if (request_.parts_.empty() || request_.parts_.back().kind != Kind::kLiteral) {
      request_.parts_.push_back({Kind::kLiteral, false, {}});
    }
    return request_.parts_.back().literal;
  }

  static std::string_view leading_name(std::string_view text) {
    constexpr std::string_view kNameCharacters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return text.substr(0, text.find_first_not_of(kNameCharacters));
  }

  static std::optional<Kind> kind_of(std::string_view name) {
    if (name == "topics") return Kind::kTopics;
    if (name == "topic") return Kind::kTopic;
    if (name == "topic_text") return Kind::kTopicText;
    if (name == "id") return Kind::kId;
    return std::nullopt;
  }

  static std::string describe_unknown(std::string_view name, bool is_closed) {
    if (!is_closed) return fmt::format("${{{} is not closed by a brace", name);
    const std::string_view known = "there are $topics, $topic, $topic_text and $id";
    if (name.empty()) return fmt::format("a dollar sign is written $$; {}", known);
    return fmt::format("unknown name ${}; {}, and $$ is a dollar sign", name, known);
  }

  [[nodiscard]] Failure<PointedError> error(std::string problem) const {
    return Failure{PointedError{std::move(problem), std::string{text_}, at_}};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_quoted_ = false;
  bool is_escaped_ = false;
  RequestTemplate request_;
};

Result<RequestTemplate, PointedError> RequestTemplate::parse(std::string_view text) {
  return TemplateParser{text}.parse();
}

std::string RequestTemplate::expand(std::span<const std::string> topics, std::uint64_t id) const {
  std::string message;
  for (const Part& part : parts_) append_part(message, part, topics, id);
  return message;
}

bool RequestTemplate::takes_id() const {
  return std::ranges::find(parts_, PartKind::kId, &Part::kind) != parts_.end();
}

void RequestTemplate::append_part(std::string& out, const Part& part,
                                  std::span<const std::string> topics, std::uint64_t id) const {
  std::string value;
  switch (part.kind) {
    case PartKind::kLiteral: out += part.literal; return;
    case PartKind::kId: out += std::to_string(id); return;
    case PartKind::kTopics: value = json_list(topics); break;
    case PartKind::kTopicText: value = topics.front(); break;
    case PartKind::kTopic:
      if (!part.is_quoted) return append_json_string(out, topics.front());
      value = topics.front();
  }
  if (!part.is_quoted) {
    out += value;
    return;
  }
  std::string quoted;
  append_json_string(quoted, value);
  out += std::string_view{quoted}.substr(1, quoted.size() - 2);
}

Result<void, PointedError> RequestTemplate::check_expansion(
    std::span<const std::string> topics) const {
  if (!takes_one_topic_) return check_message(topics);
  const std::size_t count = takes_text_ ? topics.size() : std::min<std::size_t>(topics.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    const auto checked = check_message(topics.subspan(i, 1));
    if (!checked) return checked;
  }
  return {};
}

Result<void, PointedError> RequestTemplate::check_message(
    std::span<const std::string> topics) const {
  std::string message = expand(topics, 1);
  if (!simdjson::validate_utf8(message.data(), message.size())) {
    return Failure{PointedError{"makes a message that is not UTF-8", std::move(message), 0}};
  }
  if (!is_json_) return {};
  boost::json::parser parser;
  boost::json::error_code fault;
  const std::size_t position = parser.write_some(message, fault);
  if (fault) {
    auto problem = fmt::format("makes a message that is not JSON ({})", fault.message());
    return Failure{PointedError{std::move(problem), std::move(message), position}};
  }
  if (message.find_first_not_of(" \t\r\n", position) != std::string::npos) {
    return Failure{
        PointedError{"makes JSON with something behind its end", std::move(message), position}};
  }
  return {};
}

}  // namespace wsm::tail
