#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <wsm/inspection.h>

#include "tail/message_keys.h"

namespace wsm::tail {

/// Finds in JSON messages what the manager needs to know of them.
///
/// In this order: a message with a reason at `error` refuses, one with a number at `request`
/// acknowledges, and one with a name at `topic` is data. All others, and what is no JSON, are left
/// undecided.
///
/// Threads: one at a time. Cost: one pass over the message, into memory that is used again.
class MessageInspector {
 public:
  explicit MessageInspector(MessageKeys keys);
  MessageInspector(const MessageInspector&) = delete;
  MessageInspector& operator=(const MessageInspector&) = delete;
  ~MessageInspector();

  [[nodiscard]] Inspection<std::string> inspect(std::string_view message);

 private:
  struct Parser;

  MessageKeys keys_;
  bool has_keys_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace wsm::tail
