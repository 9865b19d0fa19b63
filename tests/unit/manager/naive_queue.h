#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <wsm/config.h>

namespace wsm::test {

/// What DeliveryQueue does, in one list and without any haste.
class NaiveQueue {
 public:
  struct Item {
    std::string text;
    std::uint32_t shard = 0;
    std::optional<std::uint32_t> subscription{};
    bool is_notice = false;
    bool is_new = true;  ///< Of the turn that is not over.
    std::size_t block = 0;
    std::size_t charge = 0;
  };

  explicit NaiveQueue(const DeliveryOptions& options) : options_(options) {}

  void push(Item item) {
    item.block = item.charge = item.text.size();
    const bool is_out =
        options_.when_full == WhenFull::kDropNewest && !item.is_notice && depth() > 0 &&
        (depth() >= options_.queue_capacity || bytes() + item.charge > options_.queue_bytes_max);
    if (is_out) return count(item);
    items_.push_back(std::move(item));
  }

  void flush() {
    const bool is_latest = options_.when_full == WhenFull::kLatestPerSubscription;
    if (is_latest) conflate();
    const bool had_new = std::ranges::any_of(items_, &Item::is_new);
    for (Item& item : items_) item.is_new = false;
    if (!had_new && !is_latest) return;
    if (is_latest || options_.when_full == WhenFull::kDropOldest) drop_oldest();
  }

  /// What the handler gets next.
  Item take() {
    Item item = items_.front();
    items_.pop_front();
    if (!item.is_notice) in_hand_ = item;
    return item;
  }
  void finish() { in_hand_.reset(); }

  /// Something has been flushed.
  [[nodiscard]] bool has_next() const { return !items_.empty() && !items_.front().is_new; }
  [[nodiscard]] std::size_t depth() const { return messages() + (in_hand_ ? 1 : 0); }

  std::uint64_t dropped = 0;
  std::uint64_t conflated = 0;
  std::map<std::uint32_t, std::uint64_t> by_shard;
  std::map<std::uint32_t, std::uint64_t> by_subscription;

 private:
  [[nodiscard]] std::size_t messages() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(items_, [](const Item& item) { return !item.is_notice; }));
  }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = in_hand_ ? in_hand_->charge : 0;
    for (const Item& item : items_) sum += item.charge;
    return sum;
  }
  void count(const Item& item) {
    ++dropped;
    ++by_shard[item.shard];
    if (item.subscription) ++by_subscription[*item.subscription];
  }

  void conflate() {
    for (auto it = items_.begin(); it != items_.end();) {
      const auto older = std::find_if(items_.begin(), it, [&](const Item& item) {
        return item.subscription && item.subscription == it->subscription;
      });
      if (!it->is_new || !it->subscription || older == it) {
        ++it;
        continue;
      }
      count(*older);
      ++conflated;
      // An older payload of an earlier turn keeps its memory.
      it->block = older->is_new ? it->block : older->block;
      it->charge =
          older->is_new ? it->charge : std::max(older->charge, older->block + it->text.size());
      it->is_new = older->is_new;
      *older = std::move(*it);
      it = items_.erase(it);
    }
  }

  void drop_oldest() {
    while (depth() > options_.queue_capacity || bytes() > options_.queue_bytes_max) {
      if (messages() <= 1) return;
      const auto oldest = std::ranges::find(items_, false, &Item::is_notice);
      count(*oldest);
      items_.erase(oldest);
    }
  }

  const DeliveryOptions options_;
  std::list<Item> items_;
  std::optional<Item> in_hand_;
};

}  // namespace wsm::test
