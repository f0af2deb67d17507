/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pictures of cameras, put together by offset from their packages (docs/STARTEK.md 6, command 265; docs/FIFOTRACK.md
 * 6). Takes reports, writes each package into pictures/<device_id>/<name> at once, gives pictures.csv at the end. A
 * package that contradicts what is there, or is the first one of a picture that is whole, begins another picture. */
#ifndef PICTURES_H
#define PICTURES_H

#include "base/report.h"
#include "result/output.h"

/* A picture reaches no further than this; all together hold no more than PICTURES_BYTES. */
#define PICTURE_BYTES  (UINT64_C(64) << 20)
#define PICTURES_BYTES (UINT64_C(1) << 30)
#define PICTURES_MAX   16384
/* Stretches in which one picture may come: each of packages that came in order. */
#define PICTURE_RANGES 1024
/* Packets that are listed, in all pictures together. */
#define PICTURES_PACKETS 262144

struct pictures;

struct pictures_totals {
    uint64_t pictures, complete;
    uint64_t refused_bytes; /* packages beyond PICTURE_BYTES, PICTURES_BYTES or PICTURE_RANGES */
    uint64_t refused;       /* packages of pictures beyond PICTURES_MAX */
};

/* hash: with SHA-256. */
struct pictures *pictures_new(struct output *output, bool hash, bool csv_guard);
/* May the report hold a part of a picture? */
bool pictures_concern(const struct report *report);
void pictures_take(struct pictures *pictures, const struct report *report);
/* Writes pictures.csv. */
void pictures_finish(struct pictures *pictures);
const struct pictures_totals *pictures_totals(const struct pictures *pictures);

/* The next finding that concerns a picture, in words, and its device; NULL if there is none. *from: 0 for the first.
 * After pictures_finish(). The caller's to free. */
char *pictures_finding(const struct pictures *pictures, unsigned *from, const char **device_id);
/* NULL is allowed. */
void pictures_free(struct pictures *pictures);

/* A file name made of a name that a device sent: letters, digits, dots, hyphens and underscores; no dot in front. out
 * needs PICTURE_NAME_SIZE bytes. */
#define PICTURE_NAME_SIZE 65
void pictures_safe_name(const uint8_t *name, size_t length, char out[PICTURE_NAME_SIZE]);

#endif
