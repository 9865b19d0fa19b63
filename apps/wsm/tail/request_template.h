#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/result.h>

#include "tail/pointed_error.h"

namespace wsm::tail {

/// A request with places for topics, as --subscribe and --unsubscribe give it.
///
///   $topics      the topics of one message as a JSON list of strings
///   $topic       one topic as a JSON string, so each topic has a message of its own
///   $topic_text  the same topic without quotes, for numbers and for protocols that are not JSON
///   $id          a number that is different in each message
///   $$           a dollar sign; ${name} is the same as $name
///
/// A template that begins with { or [ is JSON. What is put between two quotes of it is escaped for
/// that place, and $topic leaves its own quotes away there. Any other template is plain text, in
/// which the escapes of escaped_text.h stand for single characters.
class RequestTemplate {
 public:
  /// Errors: an unknown name, a lone dollar sign, an unknown escape, $topics beside $topic,
  /// and "$topics", which would ask for one topic that looks like a list.
  [[nodiscard]] static Result<RequestTemplate, PointedError> parse(std::string_view text);

  /// The message for `topics`; with takes_one_topic() only the first of them.
  [[nodiscard]] std::string expand(std::span<const std::string> topics, std::uint64_t id) const;

  /// Makes the messages for `topics` once, to see that they are JSON (where the template is) and
  /// UTF-8. The error points into the message.
  [[nodiscard]] Result<void, PointedError> check_expansion(
      std::span<const std::string> topics) const;

  [[nodiscard]] bool takes_one_topic() const { return takes_one_topic_; }
  [[nodiscard]] bool takes_id() const;
  [[nodiscard]] bool takes_topics() const { return takes_one_topic_ || takes_topic_list_; }

 private:
  enum class PartKind : std::uint8_t { kLiteral, kTopics, kTopic, kTopicText, kId };
  struct Part {
    PartKind kind;
    bool is_quoted;       // Stands between the quotes of a JSON string.
    std::string literal;  // What a kLiteral stands for.
  };
  friend class TemplateParser;

  RequestTemplate() = default;
  void append_part(std::string& out, const Part& part, std::span<const std::string> topics,
                   std::uint64_t id) const;
  [[nodiscard]] Result<void, PointedError> check_message(std::span<const std::string> topics) const;

  std::vector<Part> parts_;
  bool is_json_ = false;
  bool takes_one_topic_ = false;
  bool takes_topic_list_ = false;
  bool takes_text_ = false;  // $topic_text can break the JSON of one topic and not of another.
};

}  // namespace wsm::tail
