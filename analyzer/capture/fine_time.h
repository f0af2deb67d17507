/* SPDX-License-Identifier: GPL-2.0-or-later
 * Times of pcapng interfaces whose unit is so small that libwiretap's arithmetic overflows (finer than 2^-34 s).
 * Takes the interfaces as they are described; gives the nanoseconds from the time stamp in the file. */
#ifndef FINE_TIME_H
#define FINE_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct fine_time;

/* Takes the descriptor, for reading anywhere in the file; -1 if there is none. */
struct fine_time *fine_time_new(int descriptor);
/* One more interface of the section that the next packet belongs to. units: to a second. */
void fine_time_interface(struct fine_time *fine, uint64_t units);
/* fraction: what libwiretap gave, 0 to 999999999; replaced if it is wrong. offset: of the packet's block in the file.
 * False if it is wrong and the right one cannot be had. */
bool fine_time_fraction(struct fine_time *fine, unsigned section, uint32_t interface, int64_t offset,
                        int64_t *fraction);
/* NULL is allowed. */
void fine_time_free(struct fine_time *fine);

#endif
