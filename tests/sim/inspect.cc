#include "sim/inspect.h"

namespace wsm::sim {
namespace {

Numbering numbering_of(const FeedMessage& message) {
  Numbering numbering{.sequence = message.number.value_or(message.sequence),
                      .previous = message.previous,
                      .restarts = message.is_whole};
  if (!message.is_of_connection) return numbering;
  numbering.scope = NumberingScope::kConnection;
  numbering.key = message.sequence;  // Copies have different numbers.
  return numbering;
}

Inspected inspect_data(const FeedMessage& message, Recognition recognition) {
  Inspected data{.role = MessageRole::kData, .subscription = message.topic};
  switch (recognition) {
    case Recognition::kNumbers: data.numbering = numbering_of(message); break;
    case Recognition::kKeys: data.numbering = {.key = message.sequence}; break;
    case Recognition::kPayloads: break;
  }
  return data;
}

}  // namespace

Inspected inspect(const FeedMessage& message, Recognition recognition) {
  using Kind = FeedMessage::Kind;
  switch (message.kind) {
    case Kind::kData: return inspect_data(message, recognition);
    case Kind::kAck:
    case Kind::kAckInPart:
      return {.role = MessageRole::kAcknowledgement,
              .request = message.request,
              .rejected = message.rejected,
              .may_retry = message.kind == Kind::kAckInPart};
    case Kind::kTopicAck:
      return {.role = MessageRole::kAcknowledgement,
              .subscription = message.topic,
              .request = message.request};
    case Kind::kReject:
    case Kind::kFinalReject:
      return {.role = MessageRole::kRejection,
              .subscription = message.topic,
              .request = message.request,
              .rejected = {},
              .may_retry = message.kind == Kind::kReject};
    case Kind::kDrain: return {.role = MessageRole::kDrainNotice, .next_url = message.url};
    case Kind::kHeartbeat: return {.role = MessageRole::kHeartbeat};
  }
  return {};
}

}  // namespace wsm::sim
