/*
 * A model of the hand-over of a spawned thread's count: native/addon/guards.cc, thread_record.h and
 * lib/threads/.
 *
 *   node scripts/check-models.mjs thread_count
 *
 * A parent spawns a thread and may call terminate() at any time. The thread may die at any step: while
 * it starts, before its preload has run, or later. The parent may end while the thread starts or
 * runs: its cleanup hook may then run at any time, which allows more than Node does. The exit event,
 * and a poll that finds the thread's port closed, come after the thread's end.
 *
 * Each inline bears the name of the function that it stands for. Each step does one operation on
 * memory that threads share. The guards of an environment are used on its thread only: Release()
 * removes the guard first, so a second call does nothing.
 *
 * What the model asserts: `group` and `join` count down exactly once and are zero at the end, neither
 * is ever negative, `join` never reaches zero before `group`, and the script does not run after the
 * parent has counted down.
 */

/* thread_record.h */
mtype = { parent, thread, nobody };
mtype owner = parent;
short group;
short join;

/* Whether the environments have their guard for the thread's count. */
bool parent_guard;
bool thread_guard;

bool ended;        /* the thread's environment is gone, and its port closed */
bool script_runs;
bool counted_by_parent;

inline Done() {
  atomic { group = group - 1; assert(group >= 0) };
  atomic { join = join - 1; assert(join >= 0 && join >= group) }
}

/* Guard::Release() */
inline Guard_Release(self) {
#ifdef BUG_STORE_OWNER
  if
  :: owner == self -> owner = nobody; won = true
  :: else
  fi;
#else
  atomic {
    if
    :: owner == self -> owner = nobody; won = true
    :: else
    fi
  };
#endif
  if
  :: won ->
     won = false;
     atomic {
       assert(self != parent || !script_runs);
       counted_by_parent = counted_by_parent || self == parent
     };
     Done()
  :: else
  fi
}

/* Guards::Release() of the parent: it is called at most once with effect. */
inline Parent_Release() {
#ifndef BUG_GUARD_KEPT
  if
  :: parent_guard -> parent_guard = false; Guard_Release(parent)
  :: else
  fi
#else
  Done()
#endif
}

/* Each statement below may be the thread's last: Node stops it, or it fails. */
proctype Thread() {
  bool won, taken;
  do
  :: true ->
     /* It may die before the preload: of a wrong flag, out of memory, stopped. */
     if :: break :: true fi;
     /* TakeOverInThread(): no JavaScript runs in it, so it is not stopped inside. */
#ifdef BUG_NO_TAKE_OVER
     taken = true;
     thread_guard = true;
#else
#ifdef BUG_STORE_TAKE_OVER
     if :: owner == parent -> owner = thread; taken = true :: else fi;
#else
     atomic { if :: owner == parent -> owner = thread; taken = true :: else fi };
#endif
     if :: taken -> thread_guard = true :: else fi;
#endif
#ifdef BUG_RUNS_ANYWAY
     taken = true;
#endif
     if
     :: !taken -> break    /* process.exit(1) */
     :: taken
     fi;
     /* The script. */
     atomic { assert(!counted_by_parent); script_runs = true };
     break
  od;
  /* Guards::OnCleanup() */
  script_runs = false;
  if
  :: thread_guard ->
     thread_guard = false;
#ifdef BUG_NO_TAKE_OVER
     Done()
#else
#ifndef BUG_NO_HOOK
     Guard_Release(thread)
#endif
#endif
  :: else
  fi;
  ended = true
}

proctype Parent() {
  bool won;
  do
  :: true ->
     /* Thread.terminate(), before it tells Node */
     Parent_Release()
  :: ended ->
     /* ThreadStatus.onExitEvent(), or releaseIfGone() at a poll */
#ifndef BUG_NO_EXIT_EVENT
     Parent_Release();
#endif
     break
  :: true ->
     /* Guards::OnCleanup() of the parent's environment */
#ifndef BUG_NO_LOOK_AT_END
     Parent_Release();
#endif
     break
  od
}

init {
  /* OwnForThread(), then the worker's constructor. If that throws, `run Thread()` stands for a thread
   * that dies at once: spawn() releases the guard as terminate() does. */
  atomic { group = 1; join = 1; parent_guard = true };
  atomic { run Parent(); run Thread() };
  _nr_pr == 1;
  assert(group == 0 && join == 0);
  assert(owner == nobody)
}
