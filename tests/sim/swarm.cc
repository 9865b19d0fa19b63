#include "sim/swarm.h"

#include <charconv>
#include <chrono>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sim/last_words.h"

namespace wsm::sim {

Outcome run_world(const ScenarioOptions& options, bool runs_twice) {
  const LastWords words{failure_line({options.seed, options.chaos, options.has_all_numbers},
                                     {"assertion", "aborted", {}})};
  Outcome outcome = run_scenario(options);
  if (!runs_twice || outcome.failure) return outcome;
  if (run_scenario(options).trace_hash != outcome.trace_hash) {
    outcome.failure = Verdict::Failure{"determinism", "two runs have different traces", {}};
  }
  return outcome;
}

void Tally::add(const Outcome& outcome) {
  ++worlds;
  if (outcome.failure) ++failed;
  *this += outcome;
}

Tally run_swarm(const std::vector<Task>& tasks, const SwarmOptions& options,
                const std::function<void(const Task&, const Outcome&)>& tell) {
  std::mutex mutex;  // Guards what follows.
  std::size_t next = 0;
  std::size_t next_to_tell = 0;
  std::map<std::size_t, Outcome> done;
  Tally tally;

  const auto work = [&] {
    for (;;) {
      std::unique_lock lock{mutex};
      if (next == tasks.size()) return;
      const std::size_t mine = next++;
      lock.unlock();
      Outcome outcome = run_world({.seed = tasks[mine].seed,
                                   .chaos = tasks[mine].chaos,
                                   .has_all_numbers = tasks[mine].has_all_numbers},
                                  options.runs_twice);
      lock.lock();
      tally.add(outcome);
      done.emplace(mine, std::move(outcome));
      for (auto it = done.find(next_to_tell); it != done.end(); it = done.find(next_to_tell)) {
        tell(tasks[next_to_tell++], it->second);
        done.erase(it);
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned job = 1; job < options.jobs; ++job) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return tally;
}

Duration from_hours(double hours) {
  return std::chrono::round<Duration>(std::chrono::duration<double, std::ratio<3600>>(hours));
}

/// The shortest text that is read as the same number.
std::string hours_text(Duration duration) {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(duration).count();
  char text[64];
  const auto [end, error] = std::to_chars(std::begin(text), std::end(text), hours);
  WSM_ASSERT(error == std::errc{});
  return {text, end};
}

std::string failure_line(const Task& task, const Verdict::Failure& failure) {
  const bool is_twice = failure.oracle == "determinism";
  return "FAILED seed=" + std::to_string(task.seed) + " at=" + clock_text(failure.at) +
         " oracle=" + std::string{failure.oracle} + " (" + failure.what + ") rerun: wsm_sim run" +
         " --seed " + std::to_string(task.seed) + " --hours " + hours_text(task.chaos) +
         (task.has_all_numbers ? "" : " --by-one") + (is_twice ? " --twice" : "") + " --trace";
}

}  // namespace wsm::sim
