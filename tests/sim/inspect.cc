#include "sim/inspect.h"

namespace wsm::sim {
namespace {

Inspected inspect_data(const FeedMessage& message, Recognition recognition) {
  Inspected data{.role = MessageRole::kData, .subscription = message.topic};
  switch (recognition) {
    case Recognition::kNumbers: data.numbering = {.sequence = message.sequence}; break;
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
    case Kind::kDrain: return {.role = MessageRole::kDrainNotice};
    case Kind::kHeartbeat: return {.role = MessageRole::kHeartbeat};
  }
  return {};
}

}  // namespace wsm::sim
