// What musl lacks of the functions of glibc that Debian's libstdc++ calls.
// scripts/support/musl.mjs links it.
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

char __libc_single_threaded = 0;

// -1: libgcc then searches the modules itself.
int _dl_find_object(void* address, void* result) {
  (void)address;
  (void)result;
  return -1;
}

int __pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) {
  return pthread_key_create(key, destroy);
}

uint32_t arc4random(void) {
  uint32_t value = 0;
  getentropy(&value, sizeof(value));
  return value;
}
