#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "core/join/identity_ring.h"

namespace wsm {

/// What two messages with the same identity are.
enum class IdentityKind : std::uint8_t {
  kKey,      ///< The same message: the feed says so.
  kPayload,  ///< Equal messages, which may be two.
};

[[nodiscard]] constexpr std::string_view to_string(IdentityKind kind) {
  switch (kind) {
    case IdentityKind::kKey: return "key";
    case IdentityKind::kPayload: return "payload";
  }
  return "unknown";
}

/// Finds out where in a stream another copy of the same stream begins.
///
/// Theory. Two connections bring the same messages in the same order; the copy begins anywhere, and
/// either side may be ahead. So the copy is shifted against the stream by a constant, and each
/// message of either side refutes the shifts under which it meets a different one. A *candidate* is
/// the place in the stream of the copy's first message under a shift that nothing has refuted.
///
/// Equal payloads leave several candidates for a while; and one that is left alone may be an
/// accident, when the copy is ahead and its true place has not come yet. What tells is where
/// payloads change: a run of equal ones has no inside, but a beginning and an end. So a candidate
/// is *proven* when it is the only one, and
///   - one message has matched, if it has a key, or
///   - kDistinctMatches in a row have, and none of these payloads occurs a second time anywhere, or
///   - kMatches have, with kRunMatches changes from one payload to another among them.
/// A feed that repeats one payload for ever, or a few in a fixed turn, is never proven: nothing
/// that it sends could tell.
///
/// Cost: a message of the copy costs a look-up for each candidate, the first one a scan of the
/// stream; after kGivenUpAfter messages with more than kCandidatesMax left it looks no further.
/// drop_foreign() goes over both sides a few times, however much it drops.
class Alignment {
 public:
  static constexpr std::uint64_t kDistinctMatches = 3;
  static constexpr std::uint64_t kMatches = 64;
  static constexpr std::uint64_t kRunMatches = 16;
  static constexpr std::size_t kGivenUpAfter = 256;
  static constexpr std::size_t kCandidatesMax = 64;
  static constexpr std::size_t kHopeless = 4'096;

  /// `stream` outlives this.
  Alignment(const IdentityRing& stream, IdentityKind kind) : stream_(stream), kind_(kind) {}

  // Inputs.
  /// The copy has brought one more message.
  void handle_copy(Identity identity);
  /// The stream has one more message: the last of the ring.
  void handle_stream();
  /// The first message of the copy is none of the stream: a snapshot, or what only one side has. It
  /// is dropped, and so are those behind it that have no candidate either; `most` of them at most.
  /// Returns how many.
  std::size_t drop_foreign(std::size_t most);

  // Getters.
  /// Where the stream was when the copy's first message came. What is needed before that is only
  /// what the copy may be behind.
  [[nodiscard]] std::uint64_t expected() const { return expected_; }
  [[nodiscard]] std::size_t size() const { return copy_.size(); }
  /// The place of the copy's first message, if that is certain.
  [[nodiscard]] std::optional<std::uint64_t> proven() const { return proven_; }
  /// The candidate that fits best if both sides were equally fast, if there is any.
  [[nodiscard]] std::optional<std::uint64_t> likeliest() const;
  [[nodiscard]] bool is_ambiguous() const { return candidates_.size() > 1; }
  /// So many are left that a few messages more would not tell.
  [[nodiscard]] bool is_hopeless() const { return candidates_.size() > kHopeless; }

 private:
  [[nodiscard]] bool fits(std::uint64_t candidate, std::size_t position) const;
  void examine();
  [[nodiscard]] bool is_convincing(std::uint64_t candidate) const;
  [[nodiscard]] bool occurs_once(Identity identity) const;

  const IdentityRing& stream_;
  const IdentityKind kind_;
  std::deque<Identity> copy_;
  std::vector<std::uint64_t> candidates_;  // Ascending.
  std::optional<std::uint64_t> proven_;    // One of them.
  std::uint64_t expected_ = 0;  // Where the stream was when the copy's first message came.
};

}  // namespace wsm
