#pragma once

#include <string_view>

#include "sim/scenarios/stage.h"

namespace wsm::sim {

/// What an application can find its manager in the middle of, with two of ten topics wanted and
/// room for all of them.
struct Situation {
  std::string_view name;
  void (*bring_about)(Stage& stage);
  /// Nothing is open that would have to be closed.
  bool has_no_connection = false;
};

namespace situation {

using namespace std::chrono_literals;

inline constexpr std::size_t kWanted = 2;
inline constexpr std::size_t kCapacity = 10;

inline void live(Stage& stage) {
  stage.start(kWanted, kCapacity);
  stage.world.run_for(1s);
}

inline void preparing(Stage& stage) {
  stage.make();
  stage.client->set_hooks({.hangs_once_in = 1});
  stage.start(kWanted, kCapacity);
}

inline void dialing(Stage& stage) {
  stage.network.set_on_dial(OnDial::kIgnore);
  stage.start(kWanted, kCapacity);
  stage.world.run_for(1s);
}

inline void upgrading(Stage& stage) {
  stage.make();
  stage.venue->set_reception({.answer = Reception::Answer::kIgnore});
  live(stage);
}

inline void greeting(Stage& stage) {
  stage.start(kWanted, kCapacity);
  (void)stage.world.run_until([&] { return !stage.record.dials.empty(); }, 1s);
  stage.client->set_hooks({.hangs_once_in = 1});
  stage.world.run_for(1s);
}

inline void asking(Stage& stage) {
  stage.config.messages_per_window(2).window(10s).subscriptions_per_message(1);
  live(stage);
}

inline void unanswered(Stage& stage) {
  stage.make();
  stage.venue->set_office(Office::kSilent);
  live(stage);
}

inline void refused(Stage& stage) {
  stage.make();
  stage.venue->set_office(Office::kRejects);
  live(stage);
}

inline void backing_off(Stage& stage) {
  stage.config.backoff({.initial_delay = 10s, .max_delay = 30s, .jitter = false});
  live(stage);
  stage.network.set_on_dial(OnDial::kRefuse);
  stage.venue->drop_all();
  (void)stage.run_until_shard_is(ShardStatus::kBackingOff);
}

inline void suspended(Stage& stage) {
  stage.config.max_connect_attempts(2);
  live(stage);
  stage.network.set_on_dial(OnDial::kRefuse);
  stage.venue->drop_all();
  (void)stage.run_until_shard_is(ShardStatus::kSuspended);
}

inline void without_permit(Stage& stage) {
  stage.config.connects_per_window(1).connect_window(1min);
  live(stage);
  stage.venue->drop_all();
  stage.world.run_for(1s);
}

inline void opening_a_standby(Stage& stage) {
  live(stage);
  stage.network.set_on_dial(OnDial::kIgnore);
  stage.client->switch_over(ShardId{0});
  stage.world.run_for(1s);
}

inline void proving_a_standby(Stage& stage) {
  live(stage);
  stage.client->switch_over(ShardId{0});
  stage.world.run_for(1s);
}

inline void told_to_leave(Stage& stage) {
  live(stage);
  stage.session().drain();
  stage.world.run_for(1s);
}

inline void stalled(Stage& stage) {
  stage.config.data_timeout(10s);
  live(stage);
  stage.world.run_for(10s);
}

inline void half_open(Stage& stage) {
  live(stage);
  stage.session().go_silent();
}

inline void closed_without_an_answer(Stage& stage) {
  stage.rules.answers_close = false;
  live(stage);
}

inline void behind(Stage& stage) {
  live(stage);
  stage.client->pause();
}

inline void throwing(Stage& stage) {
  stage.make();
  stage.client->set_hooks({.throws_once_in = 1});
  live(stage);
}

}  // namespace situation

inline constexpr Situation kSituations[] = {
    {"preparing", situation::preparing, true},
    {"dialing", situation::dialing, true},
    {"upgrading", situation::upgrading, true},
    {"greeting", situation::greeting},
    {"asking", situation::asking},
    {"unanswered", situation::unanswered},
    {"refused", situation::refused},
    {"live", situation::live},
    {"backing_off", situation::backing_off, true},
    {"suspended", situation::suspended, true},
    {"without_permit", situation::without_permit, true},
    {"opening_a_standby", situation::opening_a_standby},
    {"proving_a_standby", situation::proving_a_standby},
    {"told_to_leave", situation::told_to_leave},
    {"stalled", situation::stalled},
    {"half_open", situation::half_open},
    {"closed_without_an_answer", situation::closed_without_an_answer},
    {"behind", situation::behind},
    {"throwing", situation::throwing, true},
};

inline void PrintTo(const Situation& it, std::ostream* out) { *out << it.name; }

}  // namespace wsm::sim
