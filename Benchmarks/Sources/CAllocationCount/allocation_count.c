#include "allocation_count.h"

#include <stddef.h>
#include <errno.h>

#if defined(__GLIBC__)

// The linker prefers a program's own definitions to those of shared libraries, so that these stand in for the heap of
// the whole process, the Swift runtime included. glibc keeps the real ones under names of its own for that purpose.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static uint64_t count;
static uint64_t bytes;

void *malloc(size_t size) {
  count += 1;
  bytes += size;
  return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
  count += 1;
  bytes += items * size;
  return __libc_calloc(items, size);
}

void *realloc(void *block, size_t size) {
  count += 1;
  bytes += size;
  return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count += 1;
  bytes += size;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  count += 1;
  bytes += size;
  *block = __libc_memalign(alignment, size);
  return *block == NULL ? ENOMEM : 0;
}

bool allocations_are_counted(void) { return true; }

uint64_t allocation_count(void) { return count; }

uint64_t allocated_bytes(void) { return bytes; }

#else

bool allocations_are_counted(void) { return false; }

uint64_t allocation_count(void) { return 0; }

uint64_t allocated_bytes(void) { return 0; }

#endif
