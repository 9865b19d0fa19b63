#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace wsm::io {

/// The memory into which all TLS connections of one loop receive, in turns.
///
/// Large reads are what makes receiving fast, and a large buffer for each of a thousand connections
/// is what makes it expensive. So there is one a loop, allocated at the first use. Who still has
/// bytes in it when another connection wants it copies them away first; a connection that decrypts
/// all that it received before the loop goes on never has to.
/// Threads: the loop's. Lifetime: outlives its users.
class CiphertextBuffer {
 public:
  /// Measured: 256 KiB a read costs a third of what 4 KiB a read costs for each message.
  static constexpr std::size_t kBytes = 256 * 1024;

  class User {
   public:
    /// The memory goes to somebody else: copies what is still needed.
    virtual void vacate() = 0;

   protected:
    ~User() = default;
  };

  /// Makes `user` the user of the memory, and returns it. Lifetime: until the next claim.
  [[nodiscard]] std::span<std::byte> claim(User& user) {
    if (user_ != nullptr && user_ != &user) user_->vacate();
    user_ = &user;
    if (!bytes_) bytes_ = std::make_unique_for_overwrite<std::byte[]>(kBytes);
    return {bytes_.get(), kBytes};
  }

  /// `user` is gone, or needs nothing any more.
  void release(const User& user) {
    if (user_ == &user) user_ = nullptr;
  }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  User* user_ = nullptr;
};

}  // namespace wsm::io
