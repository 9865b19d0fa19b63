// What the join costs: messages that the core delivers in a second, from the inspected message to
// the decision that the handler gets it, when one connection brings them, when two do in the middle
// of a switchover, and with redundancy 2. What reads, and what looks into the messages, is not in
// it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <span>
#include <vector>

#include <benchmark/benchmark.h>

#include "support/fixed_rng.h"
#include "support/world.h"

namespace wsm {
namespace {

constexpr SubscriptionId::rep kSubscriptions = 100;
constexpr std::size_t kPayloadBytes = 200;

/// By what messages are recognised.
enum class Recognition : std::uint8_t { kNumber, kKey, kPayload };

ShardManagerConfig make_config(std::size_t redundancy) {
  auto builder = ShardManagerConfig::builder();
  builder.redundancy(redundancy).proactive_reconnect_interval(std::nullopt);
  return builder.build().value();
}

/// The feeds of all subscriptions, in turn. Each message is like none before it.
class Feed {
 public:
  explicit Feed(Recognition recognition) : recognition_(recognition) {}

  void go_on() {
    if (++subscription_ < kSubscriptions) return;
    subscription_ = 0;
    ++number_;
    std::memcpy(payload_.data(), &number_, sizeof number_);
  }
  [[nodiscard]] Message message() const { return {MessageKind::kText, payload_}; }
  [[nodiscard]] Inspected inspected() const {
    Inspected data{.role = MessageRole::kData, .subscription = SubscriptionId{subscription_}};
    if (recognition_ == Recognition::kNumber) data.numbering.sequence = number_;
    if (recognition_ == Recognition::kKey) data.numbering.key = number_;
    return data;
  }

 private:
  Recognition recognition_;
  SubscriptionId::rep subscription_ = 0;
  std::uint64_t number_ = 1;
  std::array<std::byte, kPayloadBytes> payload_{};
};

/// A live core, and who brings its messages.
class Scene {
 public:
  explicit Scene(std::size_t redundancy) : world_(make_config(redundancy), rng_) {
    world_.start({}, kSubscriptions + 1);
    for (SubscriptionId::rep id = 0; id < kSubscriptions; ++id) world_.subscribe({id});
    if (!world_.core.is_live()) std::abort();
    connections_ = world_.connected();
  }

  /// With one more subscription, which never has data, so that the switchover does not end.
  void switch_over() {
    world_.subscribe({kSubscriptions});
    if (!world_.core.hot_switchover(ShardId{0}, world_.now)) std::abort();
    world_.pump();
    connections_ = world_.connected();
  }

  [[nodiscard]] std::span<const ConnectionId> connections() const { return connections_; }

  /// Returns how many messages come to the handler.
  std::size_t receive(ConnectionId connection, const Feed& feed) {
    const Reception reception =
        world_.core.handle_inspected(connection, feed.message(), feed.inspected(), world_.now);
    std::size_t delivered = reception == Reception::kDeliver ? 1 : 0;
    while (world_.core.poll_released(world_.now)) ++delivered;
    return delivered;
  }

 private:
  test::FixedRng rng_{test::FixedRng::Draw::kHighest};
  test::World world_;
  std::vector<ConnectionId> connections_;
};

/// `copies`: connections that bring each message, one behind the other.
void run(benchmark::State& state, Scene& scene, std::size_t copies) {
  if (scene.connections().size() != copies) return state.SkipWithError("not the connections");
  Feed feed{static_cast<Recognition>(state.range(0))};
  std::size_t delivered = 0;
  for (auto _ : state) {
    for (const ConnectionId connection : scene.connections()) {
      delivered += scene.receive(connection, feed);
    }
    feed.go_on();
  }
  if (delivered + kSubscriptions * 200 < static_cast<std::size_t>(state.iterations())) {
    state.SkipWithError("messages are missing");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
}

void one_connection(benchmark::State& state) {
  Scene scene{1};
  run(state, scene, 1);
}

void in_a_switchover(benchmark::State& state) {
  Scene scene{1};
  scene.switch_over();
  run(state, scene, 2);
}

void with_redundancy_2(benchmark::State& state) {
  Scene scene{2};
  run(state, scene, 2);
}

void each_way(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("by");
  for (const auto recognition : {Recognition::kNumber, Recognition::kKey, Recognition::kPayload}) {
    benchmark->Arg(static_cast<std::int64_t>(recognition));
  }
}

BENCHMARK(one_connection)->Apply(each_way);
BENCHMARK(in_a_switchover)->Apply(each_way);
BENCHMARK(with_redundancy_2)->Apply(each_way);

}  // namespace
}  // namespace wsm

BENCHMARK_MAIN();
