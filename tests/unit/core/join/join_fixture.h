#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/join/held_message.h"

namespace wsm::test {

inline constexpr ConnectionId kOld{ShardId{0}, Generation{1}};
inline constexpr ConnectionId kNew{ShardId{0}, Generation{2}};

[[nodiscard]] inline Message text_message(std::string_view text) {
  return {MessageKind::kText, std::as_bytes(std::span{text})};
}

/// Takes what has been released, behind what was delivered at once.
template <class Join>
void take_released(Join& join, std::vector<std::string>& delivered) {
  while (const auto message = join.poll_released()) {
    delivered.emplace_back(message->view().text());
  }
}

}  // namespace wsm::test
