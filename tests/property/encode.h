/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes random legal messages of the three dialects, from the grammar and the tables of docs/PROTOCOL.md,
 * docs/STARTEK.md and docs/FIFOTRACK.md. Takes a random source, gives the bytes and what must be decoded from them. */
#ifndef ENCODE_H
#define ENCODE_H

#include "sample.h"

/* Forms of the tail of a gotop report: the profiles of docs/PROTOCOL.md 5, and one that fits none. */
enum encode_tail { TAIL_T0, TAIL_T1, TAIL_T2, TAIL_T3, TAIL_T4, TAIL_T5, TAIL_T6, TAIL_NONE, TAILS };

/* One message of that kind; append to an empty sample. */
typedef void encoder(GRand *random, struct sample *sample);

/* All encoders, by name. */
struct encode_kind {
    const char *name;
    encoder *encode;
};
extern const struct encode_kind encode_kinds[];
extern const unsigned encode_kind_count;

/* gotop, from the device: a report with a body and each form of status group and tail, codes without a body, the
 * version, a refused command with and without the comma, the payload of a peripheral, vendor fields before a code. */
encoder encode_gotop_report, encode_gotop_alarm, encode_gotop_short, encode_gotop_version, encode_gotop_rejected,
    encode_gotop_passthrough, encode_gotop_vendor;
/* gotop, to the device. */
encoder encode_gotop_command, encode_gotop_reset;
/* startek: report with a tail, answer, refused command, package of a picture, serial records, bytes without a published
 * form, update over the air, command, acknowledgement. */
encoder encode_startek_report, encode_startek_answer, encode_startek_rejected, encode_startek_picture,
    encode_startek_serial, encode_startek_opaque, encode_startek_update, encode_startek_command;
/* fifotrack: A00 and A01, A02 in their shape, A03, announcement of a picture, package of one, answers, answers that
 * hold values, refused command, what has no published form, command. */
encoder encode_fifotrack_report, encode_fifotrack_like, encode_fifotrack_a03, encode_fifotrack_announcement,
    encode_fifotrack_picture, encode_fifotrack_answer, encode_fifotrack_state, encode_fifotrack_rejected,
    encode_fifotrack_opaque, encode_fifotrack_command;

/* --- Shared by the files of the encoder --- */

/* Fields behind the status group, each with its comma in front; the date has its label if labelled. */
void encode_tail(GRand *random, struct sample *sample, enum encode_tail tail);
/* "#", an id, and what both mean. */
void encode_gotop_head(GRand *random, struct sample *sample);
/* A startek frame around the data; head is '&' or '$', code three digits. data NULL: none, and no comma. */
void encode_startek_open(GRand *random, struct sample *sample, char head, const char *code);
void encode_startek_close(GRand *random, struct sample *sample, char head);
/* The same for fifotrack; head is '$' or '#', code the type. */
void encode_fifotrack_open(GRand *random, struct sample *sample, char head, const char *code);
void encode_fifotrack_close(GRand *random, struct sample *sample, char head);
/* Name and time of a picture. */
void encode_fifotrack_picture_id(struct sample *sample, guint32 id);
/* Arguments between commas; those from number secret on are secret, 0 = none. */
void encode_arguments(struct sample *sample, const char *text, unsigned secret);

/* A number within low..high, or, seldom, outside (up to beyond) with the flag; decimals digits behind the point, at
 * least width before it. It is appended and expected under that name. */
void encode_number(GRand *random, struct sample *sample, const char *name, const char *prefix, gint32 low, gint32 high,
                   gint32 beyond, gint width, gint decimals);

#endif
