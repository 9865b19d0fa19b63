#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// Whether data really flows: what is subscribed counts for nothing here, what has arrived does.
class FreshnessOracle final : public Observer {
 public:
  explicit FreshnessOracle(const World& world) : world_(world) {}

  void handle_wanted(Topic topic) override { last_.try_emplace(topic); }
  void handle_unwanted(Topic topic) override { last_.erase(topic); }
  void handle_published(Topic topic, Sequence sequence) override {
    published_[topic] = {sequence, world_.now()};
  }
  void handle_delivered(ConnectionId, const FeedMessage& message) override {
    const auto wanted = last_.find(message.topic);
    const auto published = published_.find(message.topic);
    if (wanted == last_.end() || published == published_.end()) return;
    // Whatever is older than the newest counts as old, which errs on the safe side.
    if (published->second.sequence == message.sequence) wanted->second = published->second.at;
  }

  /// The first wanted topic of which nothing published since `then` has arrived.
  [[nodiscard]] std::optional<std::string> find_stale(TimePoint then) const {
    for (const auto& [topic, at] : last_) {
      if (!at || *at < then) return name_of(topic) + " has had no data";
    }
    return std::nullopt;
  }

 private:
  struct Published {
    Sequence sequence;
    TimePoint at;
  };

  const World& world_;
  std::map<Topic, std::optional<TimePoint>> last_;  // When the last that arrived was published.
  std::map<Topic, Published> published_;
};

}  // namespace wsm::sim
