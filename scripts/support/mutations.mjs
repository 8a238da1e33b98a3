// The changes that scripts/mutate.mjs makes, one at a time. A change of a memory order that x86 does not
// show, and that ThreadSanitizer does not either, is not among them: docs/correctness.md says how these
// are argued.

/**
 * @typedef {object} Mutation
 * @property {string} file
 * @property {string} from occurs once in the file
 * @property {string} to
 * @property {string} breaks what goes wrong then, in a few words
 * @property {readonly (readonly string[])[]} tests arguments of `vitest run`, the likeliest first
 */

const go = ['test/go/vectors.test.ts', 'test/go/vectors-promises.test.ts']
const unit = ['test/core/programs.test.ts', '--testNamePattern', 'each does what its header says']
const core = ['test/core/programs.test.ts']
const blocking = ['test/wait/generations.test.ts', 'test/wait/timeout.test.ts']
const promises = ['abort', 'mixed-waiters', 'own-release', 'races', 'timeout', 'wait-async'].map(
  (name) => `test/wait-async/${name}.test.ts`,
)
const guards = ['test/threads/guards.test.ts']
const deaths = ['test/threads/deaths.test.ts']
const stress = ['--config', 'vitest.stress.config.mts']
const tsan = [...stress, 'core.stress', '--testNamePattern', 'under ThreadSanitizer']

/** @type {Mutation[]} */
export const mutations = [
  // Go's rules.
  {
    file: 'native/core/wait_group.cc',
    from: '  if (counter < 0) return Result::kNegativeCounter;\n',
    to: '',
    breaks: 'a negative counter is not reported',
    tests: [go, unit],
  },
  {
    file: 'native/core/wait_group.cc',
    from: '  if (waiters != 0 && delta > 0 && counter == delta) return Result::kMisuse;\n',
    to: '',
    breaks: 'an add() that races with a wait is not reported',
    tests: [go, unit, core],
  },
  {
    file: 'native/core/wait_group.cc',
    from: 'return state == 0 ? Result::kOk : Result::kReused;',
    to: 'return state == 0 ? Result::kOk : Result::kOk;',
    breaks: 'a reuse before the wait has returned is not reported',
    tests: [go, unit],
  },
  {
    file: 'native/core/wait_group.cc',
    from: `  if (!memory_->state.compare_exchange_strong(
          state, 0, std::memory_order_release, std::memory_order_relaxed)) {
    return Result::kMisuse;
  }`,
    to: `  if (memory_->state.load(std::memory_order_relaxed) != state) {
    return Result::kMisuse;
  }
  memory_->state.store(0, std::memory_order_release);`,
    breaks: 'the last done() compares and stores, as in Go, instead of exchanging',
    tests: [core],
  },
  {
    file: 'native/core/wait_group.cc',
    from: 'if (CounterOf(state) == 0) {',
    to: 'if (state == 0) {',
    breaks: 'a waiter joins while the last done() is between its two steps',
    tests: [unit],
  },
  {
    file: 'native/core/wait_group.cc',
    from: 'return counter() == 0 ? Result::kOk : Result::kTimedOut;',
    to: 'return Result::kTimedOut;',
    breaks: 'a wait whose time is up does not look at the counter',
    tests: [unit, blocking],
  },
  // Releases.
  {
    file: 'native/core/wait_group.cc',
    from: 'sema_.Release(waiters);',
    to: 'sema_.Release(waiters + 1);',
    breaks: 'a release adds one permit too many',
    tests: [blocking, unit],
  },
  {
    file: 'native/core/wait_group.cc',
    from: 'sema_.Release(waiters);',
    to: 'if (waiters > 1) sema_.Release(waiters - 1);',
    breaks: 'a release adds one permit too few',
    tests: [blocking, unit],
  },
  {
    file: 'native/core/wait_group.cc',
    from: '  WakePromiseWaiters(address);\n',
    to: '  static_cast<void>(address);\n',
    breaks: 'a release forgets the promise waiters',
    tests: [promises],
  },
  {
    file: 'native/core/semaphore.cc',
    from: '  if ((old >> 32) != 0) FutexWake(address, permits);',
    to: '  static_cast<void>(old), static_cast<void>(address);',
    breaks: 'a release wakes no sleeper',
    tests: [blocking, unit],
  },
  {
    file: 'native/core/semaphore.cc',
    from: 'FutexWake(address, permits);',
    to: 'FutexWake(address, 1);',
    breaks: 'a release wakes one sleeper only',
    tests: [unit, blocking],
  },
  {
    file: 'native/core/semaphore.cc',
    from: 'word_->fetch_sub(kOneSleeper, std::memory_order_relaxed);',
    to: '',
    breaks: 'a thread that has slept stays counted as a sleeper',
    tests: [blocking, unit],
  },
  {
    file: 'native/core/semaphore.cc',
    from: 'word_->compare_exchange_weak(word, word - 1,',
    to: 'word_->compare_exchange_weak(word, word,',
    breaks: 'a waiter leaves its permit behind',
    tests: [blocking, unit],
  },
  // Waits that end early.
  {
    file: 'native/core/wait_group.cc',
    from: '    if (sema_.TryAcquire()) {\n      // Patience',
    to: '    if (false) {\n      // Patience',
    breaks: 'a cancel does not look for the permit',
    tests: [unit, blocking, core],
  },
  {
    file: 'native/core/wait_group.cc',
    from: 'if (CounterOf(state) != 0 && WaitersOf(state) != 0) {',
    to: 'if (CounterOf(state) != 0) {',
    breaks: 'a cancel does not look at the number of waiters',
    tests: [unit, blocking, core],
  },
  {
    file: 'native/core/wait_group.cc',
    from: '    if (tries <= kCancelPauses) {',
    to: '    if (tries > 1) return outcome;\n    if (tries <= kCancelPauses) {',
    breaks: 'a cancel gives up while a release is between its two steps',
    tests: [unit, blocking, core],
  },
  {
    file: 'native/core/wait_group.cc',
    from: 'if (deadline.Passed()) return Cancel(Result::kTimedOut);',
    to: 'if (deadline.Passed()) return Result::kTimedOut;',
    breaks: 'a wait that times out stays counted as a waiter',
    tests: [blocking, unit],
  },
  {
    file: 'native/core/poll_schedule.cc',
    from: '    if (wait->IntervalLocked() < old_interval) wait->sema_.WakeSleepers();\n',
    to: '    static_cast<void>(old_interval);\n',
    breaks: 'an alert wakes nobody',
    tests: [unit],
  },
  // Promise waiters.
  {
    file: 'native/core/promise_table.cc',
    from: `  // seq_cst: p of the argument in promise_table.h.
  registered.fetch_add(1, std::memory_order_seq_cst);
  {
    Lock lock(shard.mutex);
    if (!semaphore.TryAcquire()) {`,
    to: `  {
    Lock lock(shard.mutex);
    const bool acquired = semaphore.TryAcquire();
    registered.fetch_add(1, std::memory_order_seq_cst);
    if (!acquired) {`,
    breaks: 'the registered count is raised after the look for a permit',
    tests: [core, promises],
  },
  {
    file: 'native/core/promise_table.cc',
    from: `  {
    Lock lock(shard.mutex);
    if (!semaphore.TryAcquire()) {`,
    to: `  const bool acquired = semaphore.TryAcquire();
  {
    Lock lock(shard.mutex);
    if (!acquired) {`,
    breaks: 'a promise waiter looks for a permit before it locks',
    tests: [core, promises],
  },
  {
    file: 'native/core/promise_table.cc',
    from: 'registered.fetch_sub(woken, std::memory_order_relaxed);',
    to: 'registered.fetch_sub(woken + 1, std::memory_order_relaxed);',
    breaks: 'a release counts one promise waiter too many as gone',
    tests: [promises, core],
  },
  {
    file: 'native/core/promise_table.cc',
    from: '  notified_ = false;\n',
    to: '',
    breaks: 'a loop is notified of one release only',
    tests: [promises],
  },
  {
    file: 'native/core/promise_table.cc',
    from: '    waiter->queue->queue_.Remove(waiter);\n',
    to: '',
    breaks: 'a cancelled promise waiter stays in the queue of its loop',
    tests: [promises, core],
  },
  {
    file: 'native/core/copies.cc',
    from: 'copy = copy->next.load(std::memory_order_seq_cst);',
    to: 'copy = nullptr;',
    breaks: 'a release forgets the other copies of the package',
    tests: [['test/platforms/copies.test.ts']],
  },
  {
    file: 'native/core/copies.cc',
    from: '  if (!AreCompatible(self->header, *chosen)) {',
    to: '  if (false && !AreCompatible(self->header, *chosen)) {',
    breaks: 'an incompatible copy of the package is accepted',
    tests: [['test/platforms/copies.test.ts']],
  },
  {
    file: 'native/addon/promise_waits.cc',
    from: '      WaitGroup(wait->memory).Cancel(Result::kInterrupted, &patience_);\n    }\n    delete wait;',
    to: '    }\n    delete wait;',
    breaks: 'the promise waits of a thread that ends stay counted',
    tests: [['test/threads/teardown.test.ts']],
  },
  {
    file: 'native/addon/promise_waits.cc',
    from: '  if (is_first) Ref(true);\n',
    to: '  static_cast<void>(is_first);\n',
    breaks: 'a pending promise wait does not keep the event loop alive',
    tests: [['test/wait-async/keep-alive.test.ts']],
  },
  {
    file: 'native/addon/promise_waits.cc',
    from: 'if (memory != last) PromiseTable::Wake(&memory->sema);',
    to: 'static_cast<void>(last);',
    breaks: 'promise waits of one generation do not check for reuse together',
    tests: [
      promises,
      ['test/wait-async/reuse-by-continuation.test.ts'],
      [...stress, 'promise-races', 'many-waits'],
    ],
  },
  {
    file: 'native/addon/promise_waits.cc',
    from: '  Notify();\n  return result;',
    to: '  return result;',
    breaks: 'a release at the end of the stack is not delivered',
    tests: [['test/wait-async/own-release.test.ts', 'test/wait/stack-end.test.ts']],
  },
  // Mutual exclusion.
  {
    file: 'native/core/mutex.cc',
    from: 'while (state_.exchange(kContended, std::memory_order_acquire) != kFree) {',
    to: 'while (state_.exchange(kLocked, std::memory_order_acquire) != kFree) {',
    breaks: 'the owner of a mutex does not know of sleepers',
    tests: [core],
  },
  {
    file: 'native/core/mutex.h',
    from: 'if (state_.exchange(kFree, std::memory_order_release) == kContended) {',
    to: `const bool contended = state_.load(std::memory_order_relaxed) == kContended;
    state_.store(kFree, std::memory_order_release);
    if (contended) {`,
    breaks: 'an unlock loads and stores instead of exchanging',
    tests: [core],
  },
  {
    file: 'native/core/mutex.h',
    from: 'if (state_.exchange(kFree, std::memory_order_release) == kContended) {',
    to: 'if (state_.exchange(kFree, std::memory_order_relaxed) == kContended) {',
    breaks: 'an unlock publishes nothing (ThreadSanitizer shows it)',
    tests: [tsan],
  },
  {
    file: 'native/core/semaphore.cc',
    from: 'if (word_->compare_exchange_weak(word, word - 1, std::memory_order_acquire,',
    to: 'if (word_->compare_exchange_weak(word, word - 1, std::memory_order_relaxed,',
    breaks: 'a permit synchronizes with nothing',
    tests: [tsan],
  },
  {
    file: 'native/core/wait_group.h',
    from: 'memory_->state.fetch_add(change, std::memory_order_acq_rel) + change;',
    to: 'memory_->state.fetch_add(change, std::memory_order_acquire) + change;',
    breaks: 'a done() publishes nothing (ThreadSanitizer shows it)',
    tests: [tsan],
  },
  {
    file: 'native/core/spin.cc',
    from: 'return word.load(std::memory_order_acquire) >> 32 == 0;',
    to: 'return word.load(std::memory_order_relaxed) >> 32 == 0;',
    breaks: 'a wait that finds zero while it spins synchronizes with nothing',
    tests: [tsan],
  },
  // Threads that own counts.
  {
    file: 'native/addon/guards.cc',
    from: 'compare_exchange_strong(owner, Owner::kThread,',
    to: 'compare_exchange_strong(owner, Owner::kParent,',
    breaks: 'a thread does not take over its count, but counts down',
    tests: [guards, deaths],
  },
  {
    file: 'native/addon/guards.cc',
    from: `    if (!record->owner.compare_exchange_strong(owner, Owner::kNobody,
                                               std::memory_order_acq_rel,
                                               std::memory_order_acquire)) {
      return Result::kOk;
    }`,
    to: `    record->owner.compare_exchange_strong(owner, Owner::kNobody,
                                          std::memory_order_acq_rel,
                                          std::memory_order_acquire);`,
    breaks: 'the parent and the thread both count down',
    tests: [guards, deaths],
  },
  {
    file: 'native/addon/guards.cc',
    from: '      guard->second.Release();\n',
    to: '',
    breaks: 'a thread that ends does not count down',
    tests: [guards, deaths],
  },
  {
    file: 'native/addon/guards.cc',
    from: '    WaitGroup(&record->join).Done();\n',
    to: '',
    breaks: 'join() does not see the end of a thread',
    tests: [['test/threads/join-async.test.ts', 'test/threads/scoped-join.test.ts']],
  },
  // lib/.
  {
    file: 'lib/binding/state-word.ts',
    from: 'if (old === 0n || (old >= ONE && old < MAX)) return Result.Ok',
    to: 'if (old === 0n || old >= ONE) return Result.Ok',
    breaks: 'add() does not see the counter overflow',
    tests: [go, ['test/unit/panic.test.ts', 'test/unit/bad-input.test.ts']],
  },
  {
    file: 'lib/binding/state-word.ts',
    from: 'if (old === ONE || old >= TWO) return Result.Ok',
    to: 'if (old >= ONE) return Result.Ok',
    breaks: 'the last done() releases nobody',
    tests: [blocking],
  },
  {
    file: 'lib/waits/pending.ts',
    from: '    if (wait.isLimited) this.limitedCount--\n',
    to: '',
    breaks: 'a wait that has ended by its time-out hides later deadlocks',
    tests: [['test/deadlock']],
  },
  {
    file: 'lib/waits/limits.ts',
    from: '    listeners.delete(signal)\n',
    to: '',
    breaks: 'a later wait on a signal is not aborted',
    tests: [['test/wait-async/abort.test.ts']],
  },
  {
    file: 'lib/waits/promise.ts',
    from: 'if (signal.aborted) throw signal.reason',
    to: '',
    breaks: 'a signal that aborts while a listener is added is missed',
    tests: [['test/wait-async/abort.test.ts', 'test/wait-async/bad-input.test.ts']],
  },
  {
    file: 'lib/waits/promise.ts',
    from: '    if (this.#limits !== undefined) this.detachLimits()\n',
    to: '',
    breaks: 'a released wait leaves its timer and its listener',
    tests: [
      [
        'test/wait-async/abort.test.ts',
        'test/wait-async/timeout.test.ts',
        'test/wait-async/keep-alive.test.ts',
      ],
    ],
  },
  {
    file: 'lib/threads/starting.ts',
    from: '  pollHooks.add(poll)\n',
    to: '',
    breaks: 'a blocked parent does not see that a thread has died while it started',
    tests: [guards, deaths],
  },
  {
    file: 'lib/threads/spawn.ts',
    from: '    native.release(guard)\n',
    to: '',
    breaks: 'a thread that could not be constructed stays counted',
    tests: [guards, ['test/threads/constructor.test.ts', 'test/threads/spawn-options.test.ts']],
  },
]
