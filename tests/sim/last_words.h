#pragma once

#include <string>

namespace wsm::sim {

/// What this thread prints if the process aborts on it while this lives: an assertion of the
/// library says what did not hold, and this says in which world.
class LastWords {
 public:
  explicit LastWords(std::string words);
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
  ~LastWords();

 private:
  const std::string words_;
};

}  // namespace wsm::sim
