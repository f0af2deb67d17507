/* SPDX-License-Identifier: GPL-2.0-or-later
 * Statistics over the records of tap.h: a tree of messages, events, devices and flags (-z gotop,tree), response times
 * by command (-z gotop,srt), endpoints and conversations by device id (-z endpoints,gotop and -z conv,gotop). */
#ifndef STATISTICS_H
#define STATISTICS_H

/* With the protocol. */
void statistics_register(int proto);

/* With the listeners of the program. */
void statistics_register_listeners(void);

#endif
