#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "manager/delivery_batch.h"

namespace wsm::test {

inline Message text_message(std::string_view payload) {
  return {MessageKind::kText, std::as_bytes(std::span{payload})};
}

inline ConnectionStatePtr state(std::uint32_t shard) {
  return std::make_shared<const ConnectionState>(ConnectionState{
      .shard_id = ShardId{shard}, .generation = Generation{1}, .url = {}, .reply_to = {}});
}

/// What a batch holds, one text an entry: shard:payload, or the name of a notice.
inline std::vector<std::string> contents(DeliveryBatch& batch) {
  std::vector<std::string> all;
  batch.visit(
      [&](const Message& message, const ConnectionState& from, const Queued&) {
        all.push_back(std::to_string(from.shard_id.value()) + ':' + std::string{message.text()});
      },
      [&](const Notice& notice) {
        all.emplace_back(std::holds_alternative<Event>(notice) ? "event" : "disconnect");
      });
  return all;
}

inline Event some_event() { return {SystemTime{}, event::Stopped{}}; }

}  // namespace wsm::test
