/* SPDX-License-Identifier: GPL-2.0-or-later
 * Memory in large pages, where the system gives them to who asks.
 * What is known of conversations and devices is touched in the order of the packets, which is none: with small pages
 * the processor looks up nearly every one of them. */
#ifndef LARGE_PAGES_H
#define LARGE_PAGES_H

/* For the memory that is allocated next, 64 MiB of it. Costs some MiB, as the last page is never full. Does nothing
 * where it cannot. */
void large_pages_use(void);

#endif
