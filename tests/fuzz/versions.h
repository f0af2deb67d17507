/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a program that uses libwireshark by itself must do otherwise from 4.0 to 4.6; see plugin/compat.h for the rest.
 */
#ifndef VERSIONS_H
#define VERSIONS_H

#include "compat.h"

#include <epan/epan_dissect.h>
#include <epan/frame_data.h>
#include <wiretap/wtap.h>
#include <wsutil/filesystem.h>
#include <wsutil/wslog.h>

#include "carry.h"

/* Starts logging and finds the folders. */
static inline void versions_start(const char *program, void (*complain)(const char *, va_list))
{
#if COMPAT_WIRESHARK(4, 6)
    ws_log_init(complain);
    g_free(configuration_init(program));
#else
    ws_log_init(program, complain);
    g_free(configuration_init(program, NULL));
#endif
}

/* Dissects the packet, with all taps. record says all of it but its bytes. */
static inline void versions_dissect(epan_dissect_t *dissection, wtap_rec *record, const struct carried *packet,
                                    frame_data *frame, struct epan_column_info *columns)
{
#if COMPAT_WIRESHARK(4, 6)
    record->rec_type_name = "Packet";
    record->data = (Buffer){.data = packet->bytes, .allocated = packet->captured, .first_free = packet->captured};
    epan_dissect_run_with_taps(dissection, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, record, frame, columns);
#else
    tvbuff_t *tvb = tvb_new_real_data(packet->bytes, packet->captured, (int)packet->length);
    epan_dissect_run_with_taps(dissection, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, record, tvb, frame, columns);
#endif
}

#endif
