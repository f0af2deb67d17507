/* SPDX-License-Identifier: GPL-2.0-or-later
 * All that listens to the plugin in tshark and Wireshark: statistics, tables, exported objects, timeline, streams. */
#ifndef LISTENERS_H
#define LISTENERS_H

/* Once, when libwireshark knows all protocols. */
void listeners_start(void);

/* Forgets what was heard, as when a capture is closed. */
void listeners_reset(void);

#endif
