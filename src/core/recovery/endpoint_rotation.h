#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsm {

/// What decides to which of several URLs an attempt goes. Made when the attempt begins, for the
/// list itself is asked of the handler later.
struct EndpointChoice {
  std::size_t first = 0;               ///< Place in the list to begin the search at.
  std::vector<std::string> shut = {};  ///< Endpoints that the attempt may not go to.
  /// The URL that the server itself has named; the attempt goes there instead, if there is one.
  std::string directed = {};
};

/// The place in `urls`, which must not be empty, of the first that is not shut, from
/// `choice.first` on and round; that one itself where all are.
[[nodiscard]] std::size_t pick_url(const EndpointChoice& choice, std::span<const std::string> urls);

/// "host:port" of `url`; empty when it is none.
[[nodiscard]] std::string endpoint_of(std::string_view url);
/// The same of each.
[[nodiscard]] std::vector<std::string> endpoints_of(std::span<const std::string> urls);

/// Where a shard goes next among the places that its handler names: on to the next one after each
/// failure, and to the same again as long as all is well.
///
/// Counts by places in the list and not by URLs, in which a token may be new each time. The list is
/// known from the last attempt; a place beyond its end is one from the beginning again.
class EndpointRotation {
 public:
  explicit EndpointRotation(std::size_t first = 0) : current_(first) {}

  // Inputs.
  /// The handler's list, as it is now.
  void handle_listed(std::vector<std::string> endpoints) { endpoints_ = std::move(endpoints); }
  void handle_opened(std::size_t place) { current_ = place; }
  /// An attempt at `place`, or a connection to it.
  void handle_failed(std::size_t place) { current_ = place + 1; }

  // Getters.
  /// Place to begin the search at.
  [[nodiscard]] std::size_t current() const { return current_; }
  /// The endpoints in the order of the search; empty before there was a list.
  [[nodiscard]] std::vector<std::string> order() const;

 private:
  std::size_t current_;
  std::vector<std::string> endpoints_;  // Of the last list.
};

}  // namespace wsm
