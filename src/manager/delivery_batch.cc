#include "manager/delivery_batch.h"

#include <utility>

#include "base/assert.h"

namespace wsm {
namespace {

/// What one read can bring is kept; a batch that held a huge message is not.
constexpr std::size_t kBytesKept = 512 * 1024;

}  // namespace

void DeliveryBatch::add(const ConnectionStatePtr& state, const Message& message,
                        Attribution attribution) {
  if (states_.empty() || states_.back() != state) states_.push_back(state);
  const auto payload = message.bytes();
  const std::size_t offset = bytes_.size();
  // The entry comes last: without memory for all of it, the batch has nothing that is half.
  bytes_.insert(bytes_.end(), payload.begin(), payload.end());
  Entry& entry = entries_.emplace_back();
  entry.offset = offset;
  entry.size = payload.size();
  entry.charge = payload.size();
  entry.index = static_cast<std::uint32_t>(states_.size() - 1);
  entry.kind = message.kind();
  entry.has_subscription = attribution.subscription.has_value();
  entry.subscription = attribution.subscription.value_or(SubscriptionId{});
  ++messages_;
}

void DeliveryBatch::add(Notice notice) {
  notices_.push_back(std::move(notice));
  Entry& entry = entries_.emplace_back();
  entry.index = static_cast<std::uint32_t>(notices_.size() - 1);
  entry.is_notice = true;
}

void DeliveryBatch::clear() {
  if (bytes_.capacity() > kBytesKept) bytes_ = {};
  bytes_.clear();
  entries_.clear();
  states_.clear();
  notices_.clear();
  messages_ = 0;
  settled_ = 0;
}

void DeliveryBatch::stamp(std::uint64_t number, TimePoint arrived) {
  number_ = number;
  arrived_ = arrived;
}

std::optional<DeliveryBatch::Index> DeliveryBatch::oldest_waiting() {
  for (; settled_ < entries_.size(); ++settled_) {
    Entry& entry = entries_[settled_];
    if (entry.is_notice) continue;
    const Mark mark = std::atomic_ref{entry.mark}.load(std::memory_order_relaxed);
    if (mark == Mark::kWaiting) return settled_;
  }
  return std::nullopt;
}

std::optional<DeliveryBatch::Index> DeliveryBatch::last_message() const {
  for (Index index = end(); index > 0; --index) {
    if (!entries_[index - 1].is_notice) return index - 1;
  }
  return std::nullopt;
}

bool DeliveryBatch::drop(Index index) {
  Entry& entry = entries_[index];
  if (!change(entry, Mark::kDropped)) return false;
  entry.replacement.reset();
  return true;
}

std::optional<SubscriptionId> DeliveryBatch::subscription(Index index) const {
  const Entry& entry = entries_[index];
  if (entry.is_notice || !entry.has_subscription) return std::nullopt;
  return entry.subscription;
}

bool DeliveryBatch::replace(Index older, const DeliveryBatch& from, Index newer) {
  Entry& entry = entries_[older];
  const Entry& source = from.entries_[newer];
  if (this == &from) {  // Still ours alone: it is enough to point to the newer payload.
    entry.offset = source.offset;
    entry.size = source.size;
    entry.charge = source.charge;
    entry.index = source.index;
    entry.kind = source.kind;
    return true;
  }
  const auto payload = from.payload_of(source);
  // Memory comes before the mark, on which the delivery thread waits.
  std::unique_ptr<Replacement> fresh;
  if (!entry.replacement || entry.replacement->payload.capacity() < payload.size()) {
    fresh = std::make_unique<Replacement>();
    fresh->payload.reserve(payload.size());
  }
  if (!change(entry, Mark::kBeingReplaced)) return false;
  if (fresh) entry.replacement = std::move(fresh);
  entry.replacement->payload.assign(payload.begin(), payload.end());
  entry.replacement->state = from.state_of(source);
  entry.replacement->kind = from.kind_of(source);
  entry.replaced_at = from.arrived_;
  // The older payload stays in its block until the whole block goes.
  entry.charge = std::max(entry.charge, entry.size + payload.size());
  std::atomic_ref{entry.mark}.store(Mark::kWaiting, std::memory_order_release);
  return true;
}

void DeliveryBatch::compact(const std::function<void(SubscriptionId, Index)>& moved) {
  std::vector<std::byte> bytes;
  std::vector<Entry> entries;
  messages_ = 0;
  for (Entry& entry : entries_) {
    if (entry.mark == Mark::kDropped) continue;
    if (!entry.is_notice) {
      const auto payload = payload_of(entry);
      entry.offset = bytes.size();
      bytes.insert(bytes.end(), payload.begin(), payload.end());
      if (entry.has_subscription) moved(entry.subscription, static_cast<Index>(entries.size()));
      ++messages_;
    }
    entries.push_back(std::move(entry));
  }
  bytes_ = std::move(bytes);
  entries_ = std::move(entries);
}

void DeliveryBatch::adopt_notices(DeliveryBatch& other) {
  for (Notice& notice : other.notices_) add(std::move(notice));
}

void DeliveryBatch::release_messages() {
  bytes_ = {};
  states_ = {};
  std::erase_if(entries_, [](const Entry& entry) { return !entry.is_notice; });
  entries_.shrink_to_fit();
  messages_ = 0;
  settled_ = 0;
}

void DeliveryBatch::trim() {
  if (bytes_.capacity() / 2 > bytes_.size()) bytes_.shrink_to_fit();
  if (entries_.capacity() / 2 > entries_.size()) entries_.shrink_to_fit();
}

bool DeliveryBatch::take(Entry& entry) {
  const std::atomic_ref mark{entry.mark};
  while (!change(entry, Mark::kTaken)) {
    if (mark.load(std::memory_order_relaxed) == Mark::kDropped) return false;
    std::this_thread::yield();  // It is being replaced: one copy of a message.
  }
  return true;
}

bool DeliveryBatch::change(Entry& entry, Mark to) {
  Mark expected = Mark::kWaiting;
  return std::atomic_ref{entry.mark}.compare_exchange_strong(expected, to,
                                                             std::memory_order_acquire);
}

MessageKind DeliveryBatch::kind_of(const Entry& entry) const {
  return entry.replacement ? entry.replacement->kind : entry.kind;
}

std::span<const std::byte> DeliveryBatch::payload_of(const Entry& entry) const {
  if (entry.replacement) return entry.replacement->payload;
  return std::span{bytes_}.subspan(entry.offset, entry.size);
}

const ConnectionStatePtr& DeliveryBatch::state_of(const Entry& entry) const {
  return entry.replacement ? entry.replacement->state : states_[entry.index];
}

}  // namespace wsm
