// SPDX-License-Identifier: Apache-2.0
// Mutex and condition variable that clang's thread-safety analysis understands. Every Mutex has a
// rank; debug builds assert that a thread takes ranks upwards, and `docs/internals/locks.md` lists them.
// Threads: any. Blocks: lock and wait do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define AMPS_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define AMPS_THREAD_ANNOTATION(x)
#endif
#define AMPS_CAPABILITY(x) AMPS_THREAD_ANNOTATION(capability(x))
#define AMPS_SCOPED_CAPABILITY AMPS_THREAD_ANNOTATION(scoped_lockable)
#define AMPS_GUARDED_BY(x) AMPS_THREAD_ANNOTATION(guarded_by(x))
#define AMPS_PT_GUARDED_BY(x) AMPS_THREAD_ANNOTATION(pt_guarded_by(x))
#define AMPS_REQUIRES(...) AMPS_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define AMPS_ACQUIRE(...) AMPS_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define AMPS_RELEASE(...) AMPS_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define AMPS_TRY_ACQUIRE(...) AMPS_THREAD_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define AMPS_ASSERTS_HELD(x) AMPS_THREAD_ANNOTATION(assert_capability(x))
#define AMPS_EXCLUDES(...) AMPS_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define AMPS_NO_THREAD_SAFETY_ANALYSIS AMPS_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace amps {

// Order in which locks nest: a thread holding one rank may only take higher ones. The leaf is last.
enum class LockRank : int {
  kBroker = 10,           // Broker start, stop and configuration.
  kJournalHolds = 15,     // Who needs old records of the transaction log.
  kTopicSpace = 20,       // Order of publishes of one message type, and its subscriptions.
  kSession = 30,          // State of one broker session seen from other loops.
  kJournal = 35,          // The end of the transaction log, and who publishes into it.
  kSowWriter = 38,        // Changes of topics that wait for their files.
  kSessionOutbox = 40,    // Bytes waiting for one session.
  kEventLoop = 50,        // Work posted to an event loop.
  kClientSession = 110,   // Connect, logon, reconnect: who may change the session.
  kClientSettings = 120,  // Handlers, listeners, plug-ins, texts of a client.
  kRouter = 130,          // Routes of a client.
  kReceive = 140,         // Who reads and who delivers.
  kStream = 150,          // Queue of one message stream.
  kAckTracker = 160,      // Waiters for acks.
  kOutbound = 170,        // Bytes waiting to be written.
  kTransport = 180,       // TLS state shared by reader and writer.
  kTimer = 190,           // The timer thread's queue.
  kStoreFile = 195,       // The file of a client's store; held while it is written.
  kLibrary = 200,         // Process-wide: TLS settings, hooks.
  kLeaf = 1000,           // Holds nothing else while held.
};

class AMPS_CAPABILITY("mutex") Mutex {
 public:
  explicit Mutex(LockRank rank) noexcept : rank_(rank) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() AMPS_ACQUIRE() {
    check_rank();
    // Our critical sections are shorter than putting a thread to sleep and waking it.
    for (int i = 0; i < kSpinCount; ++i) {
      if (mutex_.try_lock()) return note_locked();
      spin_pause();
    }
    mutex_.lock();
    note_locked();
  }
  bool try_lock() AMPS_TRY_ACQUIRE(true) {
    if (!mutex_.try_lock()) return false;
    note_locked();
    return true;
  }
  void unlock() AMPS_RELEASE() {
    note_unlocked();
    mutex_.unlock();
  }
  // Tells the analysis what a call through an interface cannot: that our caller holds it.
  void assert_held() const noexcept AMPS_ASSERTS_HELD(this) {}

 private:
  friend class CondVar;
  static constexpr int kSpinCount = 100;
  static void spin_pause() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
#ifdef NDEBUG
  void check_rank() noexcept {}
  void note_locked() noexcept {}
  void note_unlocked() noexcept {}
#else
  void check_rank() noexcept;  // Aborts, with both ranks in the text, when this rank or a higher one is held.
  void note_locked() noexcept;
  void note_unlocked() noexcept;
#endif
  std::mutex mutex_;
  const LockRank rank_;
};

class AMPS_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) AMPS_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() AMPS_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Gives a mutex up that the caller holds, and takes it again at the end, however that is reached.
class AMPS_SCOPED_CAPABILITY MutexUnlock {
 public:
  explicit MutexUnlock(Mutex& mutex) AMPS_RELEASE(mutex) : mutex_(mutex) { mutex_.unlock(); }
  ~MutexUnlock() AMPS_RELEASE() { mutex_.lock(); }  // To the analysis, the end of having given it up.
  MutexUnlock(const MutexUnlock&) = delete;
  MutexUnlock& operator=(const MutexUnlock&) = delete;

 private:
  Mutex& mutex_;
};

// Requires: the mutex is held by the caller; it is given up while waiting. Wake-ups may be spurious.
class CondVar {
 public:
  void wait(Mutex& mutex) AMPS_REQUIRES(mutex);
  // False when the time was over.
  bool wait_until(Mutex& mutex, std::chrono::steady_clock::time_point deadline) AMPS_REQUIRES(mutex);
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace amps
