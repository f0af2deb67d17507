/* SPDX-License-Identifier: GPL-2.0-or-later
 * Makes the heap of the GNU C library grow at once, so that all of it can be advised. */
#include "base/large_pages.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE ((size_t)2 << 20)
#define HEAP ((size_t)64 << 20)
/* Smaller pieces of memory are taken from the heap. */
#define PIECE ((size_t)4 << 20)

void large_pages_use(void)
{
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE) && !defined(__SANITIZE_ADDRESS__)
    mallopt(M_TOP_PAD, (int)HEAP);
    mallopt(M_MMAP_THRESHOLD, (int)PIECE);
    void *piece = malloc(PAGE);
    uintptr_t start = ((uintptr_t)piece + PAGE - 1) / PAGE * PAGE, end = (uintptr_t)sbrk(0) / PAGE * PAGE;
    bool ours = piece && start < end && end - start <= HEAP + PAGE; /* else another allocator is in its place */
    size_t before = start - (uintptr_t)piece;
    free(piece);
    if (!ours)
        return;
    madvise((void *)start, end - start, MADV_HUGEPAGE);
    static void *unused; /* what stands before the first large page, so that nothing else does */
    unused = malloc(before);
    (void)unused;
#endif
}
