/* The groups of futex-waitgroup, from the threads of another addon. C99 and
 * C++11.
 *
 * Nothing is linked: an addon includes this header, JavaScript passes it a
 * WaitGroup, and all calls go through the pointers in the group. With any
 * version of Node-API from 8 on.
 *
 *   // On the JavaScript thread, in a function that got `wg` as an argument:
 *   fwg_group* group;
 *   if (fwg_acquire(env, wg, &group) != FWG_OK) return Throw(env);
 *   queue(job, group);
 *
 *   // On a thread of the addon's own:
 *   run(job);
 *   fwg_done(group);
 *   fwg_release(group);
 *
 * A handle keeps the group usable: its memory, the code behind these functions,
 * and the calling addon stay. So it also holds the end of the environment that
 * it was acquired in: while it is retained, worker.terminate() does not
 * settle, a worker does not exit, and neither does a main thread whose event
 * loop is empty. (process.exit() in the main thread waits for the handles of
 * workers, not for its own.) Release a handle as soon as its work is done, and
 * drop queued work once fwg_closing() is true. A thread that keeps a handle for
 * ever hangs the process at its end.
 *
 * No function throws, aborts, or calls JavaScript, except that fwg_acquire()
 * reads `wg.native`. "Any thread" includes those that Node does not know of,
 * and JavaScript threads.
 *
 * docs/native-threads.md is the guide. */
#ifndef FUTEX_WAITGROUP_H
#define FUTEX_WAITGROUP_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(NAPI_VERSION) && NAPI_VERSION < 8
#error "futex_waitgroup.h needs NAPI_VERSION 8 or higher"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* How a call ended. */
typedef int32_t fwg_status;
enum {
  FWG_OK = 0,
  /* fwg_wait(): the time is over. */
  FWG_TIMED_OUT = 1,
  /* fwg_wait(): the environment is ending. */
  FWG_INTERRUPTED = 2,
  /* Go's panics. As in Go, nothing is rolled back.
   * sync: negative WaitGroup counter */
  FWG_NEGATIVE = 3,
  /* sync: WaitGroup misuse: Add called concurrently with Wait */
  FWG_MISUSE = 4,
  /* sync: WaitGroup is reused before previous Wait has returned */
  FWG_REUSED = 5,
  /* The environment is ending, so nobody can begin to retain the handle. */
  FWG_CLOSED = 6,
  /* fwg_acquire(): the value is neither a WaitGroup nor its `native`. Any
   * function: the group is a null pointer. */
  FWG_NOT_A_GROUP = 7,
  /* The function cannot be called on this thread. */
  FWG_WRONG_THREAD = 8,
  /* fwg_acquire(): the group is of an incompatible version of futex-waitgroup.
   */
  FWG_WRONG_VERSION = 9,
  /* fwg_acquire(): Node-API or the system refuses. An exception was already
   * pending, or the thread is being terminated. */
  FWG_REFUSED = 10
};

/* Versions with the same FWG_VERSION only append to fwg_api, and `size` tells
 * how much is there. */
#define FWG_VERSION 1

typedef struct fwg_group fwg_group;

/* Use the functions below instead of these pointers: they check the group. */
typedef struct fwg_api {
  uint32_t version; /* FWG_VERSION */
  uint32_t size;    /* of this struct, in bytes */
  fwg_status (*acquire)(fwg_group* group, const void* inside_consumer);
  fwg_status (*retain)(fwg_group* group);
  void (*release)(fwg_group* group);
  fwg_status (*add)(fwg_group* group, int32_t delta);
  fwg_status (*done)(fwg_group* group);
  fwg_status (*wait)(fwg_group* group, int64_t timeout_ns);
  int32_t (*count)(fwg_group* group);
  bool (*closing)(fwg_group* group);
} fwg_api;

/* A handle to one group. It has more fields, which are private. */
struct fwg_group {
  const fwg_api* api;
};

/* Marks the externals of futex-waitgroup, in all versions. */
static const napi_type_tag fwg_type_tag = {0x6c1f8be83d9d4bd3u,
                                           0x9a05e7f12c4471eeu};

/* Gets the handle of a group, and retains it for the caller.
 *
 * Threads: the JavaScript thread of `env`, as for all of Node-API.
 *
 * Requires: `value` is any value of `env`: a WaitGroup, or its `native`.
 *
 * Guarantees: after FWG_OK, `*group` may be used on any thread until
 * fwg_release(), and the addon that calls this is never unloaded. After any
 * other status, `*group` is null. Leaves no exception behind, and leaves one
 * that was pending.
 *
 * Returns: FWG_OK, FWG_NOT_A_GROUP, FWG_WRONG_VERSION, FWG_CLOSED,
 * FWG_WRONG_THREAD (a group of another thread's environment), FWG_REFUSED.
 *
 * Costs: less than a microsecond. Acquire once per batch of jobs, not per job.
 */
static inline fwg_status fwg_acquire(napi_env env, napi_value value,
                                     fwg_group** group) {
  static const char inside_consumer = 0;
  napi_value external = value;
  napi_value exception;
  napi_valuetype type = napi_undefined;
  fwg_group* found = NULL;
  void* data = NULL;
  bool yes = false;
  fwg_status status;
  *group = NULL;
  if (napi_is_exception_pending(env, &yes) != napi_ok || yes ||
      napi_typeof(env, value, &type) != napi_ok) {
    return FWG_REFUSED;
  }
  if (type == napi_undefined || type == napi_null) return FWG_NOT_A_GROUP;
  if (type != napi_external &&
      napi_get_named_property(env, value, "native", &external) != napi_ok) {
    /* A getter threw, or the thread is being terminated. */
    if (napi_is_exception_pending(env, &yes) != napi_ok || !yes ||
        napi_get_and_clear_last_exception(env, &exception) != napi_ok) {
      return FWG_REFUSED;
    }
    return FWG_NOT_A_GROUP;
  }
  if (napi_typeof(env, external, &type) != napi_ok || type != napi_external ||
      napi_check_object_type_tag(env, external, &fwg_type_tag, &yes) !=
          napi_ok ||
      !yes || napi_get_value_external(env, external, &data) != napi_ok ||
      data == NULL) {
    return FWG_NOT_A_GROUP;
  }
  found = (fwg_group*)data;
  if (found->api->version != FWG_VERSION) return FWG_WRONG_VERSION;
  status = found->api->acquire(found, &inside_consumer);
  if (status == FWG_OK) *group = found;
  return status;
}

/* Retains the handle once more. Each retain needs one fwg_release().
 *
 * Threads: any, while the handle is retained. Otherwise only the JavaScript
 * thread that acquired it, and only while the WaitGroup is referenced there.
 *
 * Returns: FWG_OK. If the handle was not retained: FWG_WRONG_THREAD, or
 * FWG_CLOSED. */
static inline fwg_status fwg_retain(fwg_group* group) {
  return group == NULL ? FWG_NOT_A_GROUP : group->api->retain(group);
}

/* Gives up one retain. The caller must not use the handle afterwards, unless it
 * has retained it more than once. Does nothing if `group` is null.
 *
 * Threads: any.
 *
 * Guarantees: never blocks for long. */
static inline void fwg_release(fwg_group* group) {
  if (group != NULL) group->api->release(group);
}

/* Adds `delta`, which may be negative, to the counter. If it becomes zero,
 * releases all waiters: native ones, blocked JavaScript threads and promises.
 *
 * Threads: any.
 *
 * Requires: the caller retains the handle. The functions below require it, too.
 *
 * Ordering: what this thread did before happens before what any thread does
 * after a wait that this call lets return.
 *
 * Returns: FWG_OK, FWG_NEGATIVE, FWG_MISUSE. */
static inline fwg_status fwg_add(fwg_group* group, int32_t delta) {
  return group == NULL ? FWG_NOT_A_GROUP : group->api->add(group, delta);
}

/* The same as fwg_add(group, -1). */
static inline fwg_status fwg_done(fwg_group* group) {
  return group == NULL ? FWG_NOT_A_GROUP : group->api->done(group);
}

/* Blocks until the counter is zero.
 *
 * `timeout_ns`: the longest time, in nanoseconds. Below 0: none. 0 only checks
 * the counter.
 *
 * Threads: any but the JavaScript thread that acquired the handle, which calls
 * wg.wait(): terminate() could not end this wait. With a time-out of 0, any.
 *
 * Guarantees: returns soon after fwg_closing() has become true, usually within
 * 20 ms, at the latest after a quarter of a second.
 *
 * Ordering: see fwg_add().
 *
 * Returns: FWG_OK if the counter was zero, FWG_TIMED_OUT, FWG_INTERRUPTED,
 * FWG_REUSED, FWG_WRONG_THREAD. */
static inline fwg_status fwg_wait(fwg_group* group, int64_t timeout_ns) {
  return group == NULL ? FWG_NOT_A_GROUP : group->api->wait(group, timeout_ns);
}

/* The counter: a snapshot. 0 if `group` is null.
 *
 * Threads: any.
 *
 * Ordering: a caller that reads zero sees what was done before it. */
static inline int32_t fwg_count(fwg_group* group) {
  return group == NULL ? 0 : group->api->count(group);
}

/* Whether the environment of the handle is ending and waits for fwg_release().
 * Once true, it stays true: drop the jobs that have not begun. Counting down
 * for them is allowed. The environment's own waits do not need it; waits of
 * other threads may. True if `group` is null.
 *
 * Threads: any.
 *
 * Ordering: what the environment's thread did before it began to end happens
 * before what a caller does that reads true. */
static inline bool fwg_closing(fwg_group* group) {
  return group == NULL || group->api->closing(group);
}

#ifdef __cplusplus
}
#endif

#endif /* FUTEX_WAITGROUP_H */
