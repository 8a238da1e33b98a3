/*
 * A model of the protocol: native/core/ and native/addon/promise_waits.cc.
 *
 *   npm run test:model                 every configuration, and every seeded bug
 *   node scripts/check-models.mjs wait_group     those of this file
 *
 * A program uses one group for GENERATIONS generations. In each it adds TASKS, which ADDERS threads
 * count down, while each of BLOCKING threads and PROMISES event loops waits once. Waits may time out
 * or be interrupted, threads may end, sleeping threads may wake for nothing. The last SECOND event
 * loops use a second copy of the package.
 *
 * Each inline bears the name of the C++ function that it stands for. Each step (a statement, or an
 * atomic block) does one atomic operation of that function, or one call of the futex, and what else
 * the thread does with its own variables. Data under a lock changes in one step; locking and
 * unlocking are steps. A compare_exchange that fails loads again in the model, which allows more than
 * the code does. Memory is sequentially consistent: the orders are argued in the comments of the code.
 *
 * A section under a lock is one step (SECTION) if it has at most one operation on memory that is also
 * used without the lock: locking commutes to the right, unlocking to the left. -DFINE has single steps.
 *
 * What the model asserts:
 *   - Each wait that may return does: at the end nobody waits. In a program that breaks Go's rules,
 *     a wait may stay if a call has panicked; it is then still counted.
 *   - A wait does not succeed before the counter has been zero.
 *   - At the end there is no permit, no sleeper, no waiter counted and none in a table. With -DSUMS,
 *     at any time waiters + permits + permits about to be added = waits that are counted.
 *   - A correct program never panics. A change of the state between the two steps of the last Done()
 *     makes a call panic.
 *   - No release touches the queue of a loop that has ended.
 *
 * BUG_STORE (Go's compare and store) and BUG_CANCEL_BLIND (no look at the waiters) are no errors in a
 * correct program: nothing changes the state between the two steps, and no counter is raised before
 * all waits have returned. So they are checked in both kinds of program. Setting the state to 0 before
 * adding the permits is right; BUG_PERMITS_FIRST is the other order.
 *
 * Not modelled: polls and alerts, a release by the waiting loop's own thread, several waits of one
 * loop, the back-off of the spin, Cancel() that gives up, several groups in one shard, weak memory.
 *
 * The blocking threads are alike, so they begin to wait in the order of their numbers. A loop has one
 * wait at a time. Every other order is possible.
 */
#ifndef ADDERS
#define ADDERS 3
#endif
#ifndef TASKS
#define TASKS ADDERS
#endif
#ifndef BLOCKING
#define BLOCKING 2
#endif
#ifndef PROMISES
#define PROMISES 1
#endif
#ifndef SECOND
#define SECOND 0
#endif
#ifndef GENERATIONS
#define GENERATIONS 2
#endif
/* How many tasks may be added while others run. */
#ifndef EXTRA
#define EXTRA 0
#endif
/* How many waits may time out. */
#ifndef LIMITS
#define LIMITS 0
#endif
/* How many threads may end in a wait. */
#ifndef DEATHS
#define DEATHS 0
#endif
/* How many times a sleeping thread may wake for nothing. */
#ifndef SPURIOUS
#define SPURIOUS 0
#endif
/* Another thread calls Add() or Done() without regard to Go's rules. */
#ifndef INTRUDER
#define INTRUDER 0
#endif
/* The program begins a generation before all waits of the last one have returned. */
#ifndef REUSE
#define REUSE 0
#endif
#define MISUSE (INTRUDER || REUSE)

/* layout.h. A borrow of the waiters changes the counter, as in the code. */
short state;
#define ONE_TASK 16
#define COUNTER(s) ((s) >> 4)
#define WAITERS(s) ((s) & 15)

/* semaphore.h */
byte sema;
#define ONE_SLEEPER 16
#define SLEEPERS(w) ((w) >> 4)
#define PERMITS(w) ((w) & 15)

/* The kernel's queue of the futex. */
bool asleep[3];

/* promise_table.h, for each copy: a lock (the group has one shard) and a counter. */
bool shard[2];
byte registered[2];
#define COPY(loop) ((loop) >= PROMISES - SECOND)
/* copies.h: the first copy is the head, `joined` its link to the second. */
bool joined;

/* For each event loop: its waiter's place, its LoopQueue, and the call of its thread-safe function. */
#define NOWHERE 0
#define TABLE 1
#define QUEUE 2
byte place[2];
bool queue_mutex[2];
bool closed[2];
bool notified[2];
bool called[2];
bool destroyed[2];

/* The program. */
byte generation;   /* the one that has begun */
byte tasks;        /* that no thread has taken */
byte left;         /* that are not done */
byte begun;        /* waits of blocking threads, in all generations */
byte returned;     /* waits, in all generations */
byte extra = EXTRA;
byte limits = LIMITS;
byte deaths = DEATHS;
byte spurious = SPURIOUS;

/* The threads are alike: the first one without work takes a task. */
#define IS_NEXT(me) (!busy[me] && (me == 0 || busy[0]) && (me <= 1 || busy[1]))
bool busy[ADDERS + 1];

/* For the assertions only. */
byte zero;         /* the last generation in which the counter was zero */
byte waiting;      /* waits that are counted or have a permit to take */
byte coming;       /* permits that are about to be added */
bool panicked;
bool disturbed;    /* a call has changed the state in (0, w) */

#ifdef SUMS
#define CHECK_SUMS assert(WAITERS(state) + PERMITS(sema) + coming == waiting)
#else
#define CHECK_SUMS skip
#endif

inline Panic() {
  assert(MISUSE); panicked = true
}

/* ---------------------------------------------------------------- semaphore.cc */

inline FutexWake(count) {
  atomic {
    k = count;
    do
    :: k > 0 && asleep[0] -> asleep[0] = false; k--
    :: k > 0 && asleep[1] -> asleep[1] = false; k--
    :: k > 0 && asleep[2] -> asleep[2] = false; k--
    :: else -> break
    od;
    k = 0; w = 0
  }
}

inline Semaphore_Release(count) {
#ifdef BUG_SLEEPERS_FIRST
  w = SLEEPERS(sema);
  atomic { sema = sema + count; coming = coming - count; CHECK_SUMS };
#else
  atomic { w = SLEEPERS(sema); sema = sema + count; coming = coming - count; CHECK_SUMS };
#endif
  if
  :: w != 0 -> FutexWake(count)
  :: else
  fi
}

/* Sets `got`. */
inline Semaphore_TryAcquire() {
  do
  :: atomic {
       w = sema; got = false;
       if :: PERMITS(w) == 0 -> w = 0; break :: else fi
     };
     atomic {
       if
       :: sema == w -> sema--; got = true; waiting--; CHECK_SUMS; w = 0; break
       :: else -> w = 0
       fi
     }
  od
}

/* Whether this sleep, or promise wait, may end early: by a time-out, or with its thread. */
inline ChooseEnd() {
  if
  :: limits > 0 -> limits--; limited = true
  :: deaths > 0 -> deaths--; limited = true; dies = true
  :: true
  fi
}

inline Semaphore_SleepAcquire() {
#ifdef BUG_SLEEPER_LATE
  atomic { if :: PERMITS(sema) == 0 -> asleep[me] = true :: else fi };
  sema = sema + ONE_SLEEPER;
  ChooseEnd();
#else
  sema = sema + ONE_SLEEPER;
  /* FutexWait() */
  atomic {
    if :: PERMITS(sema) == 0 -> asleep[me] = true :: else fi;
    ChooseEnd()
  };
#endif
  do
  :: atomic { !asleep[me] -> sema = sema - ONE_SLEEPER; break }
  :: atomic { asleep[me] && limited -> asleep[me] = false }
  :: atomic { asleep[me] && spurious > 0 -> spurious--; asleep[me] = false }
  od;
  Semaphore_TryAcquire()
}

/* ------------------------------------------------------------ promise_table.cc */

#ifdef FINE
#define SECTION
#else
#define SECTION atomic
#endif

inline Lock(mutex) { atomic { !mutex -> mutex = true } }
inline Unlock(mutex) { mutex = false }

/* Sets `got`. */
inline PromiseTable_TryAcquireOrRegister() {
#ifdef BUG_LOOK_FIRST
  registered[COPY(me)]++;
  Semaphore_TryAcquire();
  Lock(shard[COPY(me)]);
#else
#ifdef BUG_REGISTERED_LATE
  Lock(shard[COPY(me)]);
  Semaphore_TryAcquire();
  registered[COPY(me)]++;
#else
  registered[COPY(me)]++;
  Lock(shard[COPY(me)]);
  Semaphore_TryAcquire();
#endif
#endif
  if
  :: !got -> SECTION { place[me] = TABLE; Unlock(shard[COPY(me)]) }
  :: else -> Unlock(shard[COPY(me)]); registered[COPY(me)]--
  fi
}

inline PromiseTable_Unregister() {
  SECTION {
    Lock(shard[COPY(me)]);
    if
    :: place[me] == TABLE ->
       place[me] = NOWHERE;
       registered[COPY(me)]--
    :: else
    fi;
    Unlock(shard[COPY(me)])
  };
  /* It is not in the table. Only this thread could insert it. */
  SECTION {
    Lock(queue_mutex[me]);
    place[me] = NOWHERE;
    Unlock(queue_mutex[me])
  }
}

#define MOVABLE(i, copy) (place[i] == TABLE && COPY(i) == copy)

inline PromiseTable_Wake(copy) {
  if
  :: registered[copy] == 0
  :: registered[copy] != 0 ->
     SECTION {
       Lock(shard[copy]);
       do
       :: i < PROMISES && !MOVABLE(i, copy) -> i++
       :: i < PROMISES && MOVABLE(i, copy) ->
          SECTION {
            Lock(queue_mutex[i]);
            assert(!destroyed[i]);
            place[i] = QUEUE;
            moved++;
            /* Notify() */
            if
            :: !closed[i] && !notified[i] -> notified[i] = true; called[i] = true
            :: else
            fi;
            Unlock(queue_mutex[i])
          }
       :: i == PROMISES -> i = 0; break
       od;
       atomic { registered[copy] = registered[copy] - moved; moved = 0 };
       Unlock(shard[copy])
     }
  fi
}

/* ------------------------------------------------------------------- copies.cc */

/* The last step of a call of Add(). */
inline WakePromiseWaiters() {
  PromiseTable_Wake(0);
#ifdef BUG_ONE_COPY
  atomic { busy[me] = false; s = 0 }
#else
  if
  :: joined -> PromiseTable_Wake(1); atomic { busy[me] = false; s = 0 }
  :: atomic { !joined -> busy[me] = false; s = 0 }
  fi
#endif
}

/* --------------------------------------------------------------- wait_group.cc */

/* The addition of WaitGroup::Add(). */
inline FetchAdd(delta) {
  disturbed = disturbed || (COUNTER(state) == 0 && WAITERS(state) != 0);
  state = state + (delta) * ONE_TASK;
  s = state;
  if :: COUNTER(s) == 0 -> zero = generation :: else fi
}

/* What FinishAdd() checks before its exchange. Sets `last` if the exchange follows. */
inline WaitGroup_FinishAdd_Checks(delta) {
  last = false;
  if
  :: COUNTER(s) < 0 -> Panic()
  :: COUNTER(s) >= 0 && WAITERS(s) != 0 && delta > 0 && COUNTER(s) == delta -> Panic()
  :: else -> last = (COUNTER(s) == 0 && WAITERS(s) != 0)
  fi
}

inline WaitGroup_FinishAdd_Release() {
#ifdef BUG_SWEEP_FIRST
  last = s;
  WakePromiseWaiters();
  s = last;
#endif
#ifdef BUG_PERMITS_FIRST
  coming = coming + WAITERS(s);
  Semaphore_Release(WAITERS(s));
  state = 0;
#else
#ifdef BUG_STORE
  if :: state != s -> Panic(); s = 0; busy[me] = false :: else fi;
  if
  :: s != 0 -> atomic { state = 0; coming = coming + WAITERS(s); CHECK_SUMS }
  :: else
  fi;
#else
  atomic {
    if
    :: state == s -> state = 0; coming = coming + WAITERS(s); CHECK_SUMS
    :: else -> Panic(); s = 0; busy[me] = false
    fi
  };
#endif
#endif
  if
  :: s != 0 ->
#ifndef BUG_PERMITS_FIRST
     Semaphore_Release(WAITERS(s));
#endif
#ifndef BUG_SWEEP_FIRST
     WakePromiseWaiters()
#else
     s = 0
#endif
  :: else
  fi
}

/* Sets `counted`. */
inline WaitGroup_BecomeWaiter() {
  do
  :: atomic {
       s = state; counted = false;
       if :: COUNTER(s) == 0 -> s = 0; break :: else fi
     };
     atomic {
       if
       :: state == s -> state = state + 1; waiting++; CHECK_SUMS; counted = true; s = 0; break
       :: else -> s = 0
       fi
     }
  od
}

inline WaitGroup_CheckReuse() {
  atomic {
    if
    :: state == 0 -> assert(zero >= mine)
    :: else -> Panic()
    fi
  }
}

#ifdef BUG_CANCEL_BLIND
#define CANCELLABLE(s) (COUNTER(s) != 0)
#else
#define CANCELLABLE(s) (COUNTER(s) != 0 && WAITERS(s) != 0)
#endif

/* Sets `got` if the wait has taken a permit. A try that changes nothing would be repeated: it waits
 * until the next one may change something. */
inline WaitGroup_Cancel() {
  do
  :: Semaphore_TryAcquire();
     if :: got -> break :: else fi;
     s = state;
     if
     :: CANCELLABLE(s) ->
        atomic {
          if
          :: state == s -> state = state - 1; waiting--; CHECK_SUMS; s = 0; break
          :: else -> s = 0
          fi
        }
     :: else ->
        s = 0;
#ifdef BUG_CANCEL_GIVES_UP
        waiting--;
        break
#else
        PERMITS(sema) > 0 || CANCELLABLE(state)
#endif
     fi
  od;
  if
  :: got -> WaitGroup_CheckReuse()
  :: else
  fi
}

/* ------------------------------------------------------------------ the program */

proctype Adder(byte me) {
  short s;
  byte w, k, i, moved, last;
end_idle:
  do
  :: atomic {
       tasks > 0 && IS_NEXT(me) ->
       tasks--; left--;
       FetchAdd(-1);
       WaitGroup_FinishAdd_Checks(-1);
       if :: !last -> s = 0; goto end_idle :: else last = false fi;
       busy[me] = true
     };
     WaitGroup_FinishAdd_Release()
  :: atomic {
       tasks > 0 && extra > 0 && IS_NEXT(me) ->
       extra--; tasks++; left++;
       FetchAdd(1);
       WaitGroup_FinishAdd_Checks(1);
       s = 0
     }
  od
}

/* Calls Add() or Done() when it likes: a misuse, unless it happens to be in time. */
proctype Intruder(byte me) {
  short s;
  byte w, k, i, moved, last;
  bool again;
  generation > 0;
  if
  :: atomic { FetchAdd(0); WaitGroup_FinishAdd_Checks(0) }
  :: atomic { FetchAdd(-1); WaitGroup_FinishAdd_Checks(-1) }
  :: atomic {
       FetchAdd(1); WaitGroup_FinishAdd_Checks(1);
       /* It counts down in any case if it has not panicked. */
       if :: again = true :: panicked fi
     }
  fi;
  if :: last -> WaitGroup_FinishAdd_Release() :: else fi;
  if
  :: again ->
     atomic { FetchAdd(-1); WaitGroup_FinishAdd_Checks(-1) };
     if :: last -> WaitGroup_FinishAdd_Release() :: else fi
  :: else
  fi
}

#define MAY_BEGIN(mine) (mine < generation && (MISUSE || begun == BLOCKING * mine + me))

/* A thread that waits by WaitGroup::Wait(). */
proctype Blocking(byte me) {
  short s;
  byte w, mine;
  bool got, counted, limited, dies;
  do
  :: mine == GENERATIONS -> break
  :: atomic {
       MAY_BEGIN(mine) ->
       mine++; begun++;
       /* It died in an earlier wait. */
       if :: dies -> returned++ :: else fi
     };
     if
     :: dies
     :: else ->
        /* SpinUntilUpperHalfIsZero() */
        if
        :: COUNTER(state) == 0
        :: COUNTER(state) != 0 ->
           WaitGroup_BecomeWaiter();
           do
           :: !counted -> break
           :: counted ->
              Semaphore_SleepAcquire();
              if
              :: got -> WaitGroup_CheckReuse(); break
              :: !got && limited -> WaitGroup_Cancel(); break
              :: !got && !limited
              fi
           od
        fi;
        atomic {
          assert(zero >= mine || limited || panicked);
          returned++; got = false; counted = false; limited = false
        }
     fi
  od
}

/* PromiseWaits::CollectReleased(). Sets `done`. */
inline CollectReleased() {
  do
  :: LoopQueue_Take();
     if
     :: !taken -> break
     :: else ->
        taken = false;
#ifdef BUG_NO_RETRY
        got = true;
#else
        Semaphore_TryAcquire();
        if
        :: !got -> PromiseTable_TryAcquireOrRegister()
        :: else
        fi;
#endif
        if
        :: got ->
           WaitGroup_CheckReuse();
           done = true;
           PromiseTable_Wake(COPY(me))
        :: else
        fi
     fi
  od
}

/* Sets `taken`. The waiter leaves the queue. */
inline LoopQueue_Take() {
  SECTION {
    Lock(queue_mutex[me]);
    notified[me] = false;
    if :: place[me] == QUEUE -> taken = true; place[me] = NOWHERE :: else fi;
    Unlock(queue_mutex[me])
  }
}

inline LoopQueue_Close() {
  SECTION {
    Lock(queue_mutex[me]);
    closed[me] = true;
    Unlock(queue_mutex[me])
  };
  if
  :: counted && !done -> PromiseTable_Unregister()
  :: else
  fi;
  SECTION {
    Lock(shard[COPY(me)]);
    Unlock(shard[COPY(me)])
  }
}

/* An environment whose waits are promises: PromiseWaits. */
proctype Promises(byte me) {
  short s;
  byte w, k, i, moved, mine;
  bool got, counted, limited, dies, taken, done;
#ifndef BUG_LATE_JOIN
  if :: COPY(me) -> joined = true :: else fi;
#endif
  do
  :: mine == GENERATIONS -> break
  :: atomic { mine < generation -> mine++; ChooseEnd() };
     /* PromiseWaits::Begin() */
     WaitGroup_BecomeWaiter();
     if
     :: !counted -> done = true
     :: counted ->
        PromiseTable_TryAcquireOrRegister();
#ifdef BUG_LATE_JOIN
        if :: COPY(me) -> joined = true :: else fi;
#endif
        if
        :: got -> WaitGroup_CheckReuse(); done = true
        :: else
        fi
     fi;
     do
     :: done -> break
     :: atomic { !done && called[me] -> called[me] = false };
        CollectReleased()
     :: !done && limited && !dies ->
        /* PromiseWaits::Cancel() */
        PromiseTable_Unregister();
        WaitGroup_Cancel();
        if
        :: got -> PromiseTable_Wake(COPY(me)); LoopQueue_Take()
        :: else
        fi;
        done = true
     :: !done && dies -> break
     od;
     if :: !done -> break :: else fi;
     atomic {
       assert(zero >= mine || limited || panicked);
       returned++; got = false; counted = false; limited = false; done = false
     };
     if :: dies -> break :: else fi
  od;
  /* PromiseWaits::Teardown() */
  LoopQueue_Close();
  if
  :: counted && !done -> WaitGroup_Cancel(); returned++
  :: else
  fi;
  destroyed[me] = true;
  do
  :: mine == GENERATIONS -> break
  :: atomic { mine < generation -> mine++; returned++ }
  od
}

#define WAITS (BLOCKING + PROMISES)

init {
  short s;
  bool last;
  atomic {
    byte n;
    do :: n < ADDERS -> run Adder(n); n++ :: else -> break od;
    n = 0;
    do :: n < BLOCKING -> run Blocking(n); n++ :: else -> break od;
    n = 0;
    do :: n < PROMISES -> run Promises(n); n++ :: else -> break od;
    if :: INTRUDER -> run Intruder(ADDERS) :: else fi;
    n = 0
  };
  do
  :: atomic {
       generation < GENERATIONS && left == 0 && (REUSE || returned == WAITS * generation) ->
       generation++;
       FetchAdd(TASKS);
       WaitGroup_FinishAdd_Checks(TASKS);
       assert(!last);
       left = TASKS; tasks = TASKS;
       s = 0
     }
  :: timeout -> break
  od;
  assert(waiting == 0 || panicked);
  assert(WAITERS(state) == waiting);
  assert(PERMITS(sema) == 0 && coming == 0);
  assert(!disturbed || panicked);
  assert(MISUSE || (state == 0 && sema == 0 && registered[0] == 0 && registered[1] == 0));
  assert(MISUSE || (generation == GENERATIONS && returned == WAITS * GENERATIONS))
}
