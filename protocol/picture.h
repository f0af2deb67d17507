/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a message says of a camera's picture: a package of its bytes, or how long it will be.
 * Takes a decoded message, gives name, place and bytes as spans of the frame. No allocation.
 * (docs/STARTEK.md 6, command 265; docs/FIFOTRACK.md 6) */
#ifndef S7_PICTURE_H
#define S7_PICTURE_H

#include "message.h"

struct s7_picture {
    const struct s7_field *name; /* as sent */
    uint64_t announced;          /* bytes that the picture shall have; not 0: this is an announcement and no package */
    uint64_t offset;        /* of a package: where in the picture it begins, bytes; UINT64_MAX: beyond all bounds */
    uint32_t start, length; /* of a package: its bytes in the frame */
};

/* data: the frame. False, and *picture not to be used, if the message is none of these, if it is not proven, or if the
 * bytes of a package are not as many as it says. */
bool s7_picture_read(const uint8_t *data, const struct s7_message *message, struct s7_picture *picture);

#endif
