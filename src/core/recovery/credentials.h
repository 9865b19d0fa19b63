#pragma once

#include <cstdint>

namespace wsm {

/// What a shard knows of the credentials that its hooks give to the server: whether what they have
/// cached will do, and how often in a row it did not.
///
/// A refusal is remembered until a connection opens, through whatever else fails meanwhile: an
/// attempt that never reached the server, or whose hook could not get a token, has not shown a new
/// one. The number of refusals is remembered longer, for a server may well open a connection before
/// it looks at the credentials, and then close it: until forget().
class Credentials {
 public:
  void handle_refused() {
    must_refresh_before_ = must_refresh_;
    must_refresh_ = true;
    ++refusals_;
  }
  /// The last failure was no refusal after all.
  void take_back() {
    must_refresh_ = must_refresh_before_;
    --refusals_;
  }
  void handle_opened() { must_refresh_ = false; }
  /// A connection has lived for long enough.
  void forget() { refusals_ = 0; }

  [[nodiscard]] bool must_refresh() const { return must_refresh_; }
  [[nodiscard]] std::uint32_t refusals() const { return refusals_; }

 private:
  std::uint32_t refusals_ = 0;
  bool must_refresh_ = false;
  bool must_refresh_before_ = false;  // Before the last refusal.
};

}  // namespace wsm
