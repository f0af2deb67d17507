/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the system may tell or refuse while a run goes on: SIGINT, SIGTERM and SIGHUP stop the reading of inputs, the
 * second of them ends the program; a file that may not grow is an error of its write; without memory the program says
 * so and ends with EXIT_INTERNAL. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/* From now on. A signal that was ignored before stays so. */
void signals_watch(void);
/* An input that may come to no end: standard input ("-") or the path of a pipe. Where the reading was to stop and the
 * input still goes on a second later, it ends there. At most SIGNALS_PIPES are. */
#define SIGNALS_PIPES 64
void signals_add_pipe(const char *path);
/* Was the reading to stop? */
bool signals_stopped(void);
/* Also for inputs that may come to no end: what had come had time enough to be read. */
bool signals_overdue(void);
/* The reading is over. */
void signals_read(void);

#endif
