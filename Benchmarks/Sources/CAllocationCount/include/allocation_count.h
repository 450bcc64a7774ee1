#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/// Whether allocations can be counted here: only where the C library is glibc.
bool allocations_are_counted(void);

/// How many blocks the process has asked the heap for so far. Not for programs of several threads.
uint64_t allocation_count(void);

/// How many bytes they were, those of blocks that have been freed among them.
uint64_t allocated_bytes(void);

#endif
