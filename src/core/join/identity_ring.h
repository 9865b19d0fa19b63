#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/assert.h"

namespace wsm {

/// What a message of a subscription is recognised by, whatever connection brings it: a key of the
/// feed, or a hash of its payload.
using Identity = std::uint64_t;

/// The identities of the last messages of a stream, by their place in it.
///
/// Memory: 8 bytes for each, of the last kCapacity.
class IdentityRing {
 public:
  /// A feed of 10,000 messages a second fills it in 6 s: longer than acknowledgement and first data
  /// of a new connection may lag behind the old one, without a doubt about either.
  static constexpr std::size_t kCapacity = 64 * 1024;

  void push(Identity identity) {
    identities_.push_back(identity);
    if (identities_.size() <= kCapacity) return;
    identities_.pop_front();
    ++begin_;
  }

  /// Those before `place` are of no use any more.
  void forget_before(std::uint64_t place) {
    for (; begin_ < place && !identities_.empty(); ++begin_) identities_.pop_front();
  }

  /// The places that are remembered: from begin() to before end().
  [[nodiscard]] std::uint64_t begin() const { return begin_; }
  [[nodiscard]] std::uint64_t end() const { return begin_ + identities_.size(); }
  [[nodiscard]] Identity at(std::uint64_t place) const {
    WSM_ASSERT(place >= begin() && place < end());
    return identities_[place - begin_];
  }

 private:
  std::deque<Identity> identities_;
  std::uint64_t begin_ = 0;
};

}  // namespace wsm
