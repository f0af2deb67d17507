/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the fuzz targets of the decoders share: bytes that are taken for the inside of a frame of one shape. */
#ifndef FUZZ_FRAME_H
#define FUZZ_FRAME_H

#include "message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Puts body between head and tail into a buffer of exactly that size (so that a read past it is found), makes it a
 * frame and decodes it. For startek the declared length, the checksum and the terminator are added. */
void decode_gotop(const char *head, const uint8_t *body, size_t size, const char *tail, enum s7_shape shape);
void decode_startek(const char *head, const uint8_t *body, size_t size);
/* The same of fifotrack. If the first byte has its highest bit set the frame is one whose length is wrong too: it is
 * damaged. */
void decode_fifotrack(const char *head, const uint8_t *body, size_t size);

#endif
