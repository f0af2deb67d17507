/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the scanner on any stream, and both decoders on every frame that it finds.
 * The first byte says how many of the following bytes are lengths of pieces; the result must not depend on them. */
#include "invariants.h"

#include <stdio.h>
#include <stdlib.h>

#define ELEMENTS 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct element whole[ELEMENTS], pieces[ELEMENTS];
    static struct s7_message message;
    size_t cuts = size ? data[0] % 8U : 0;
    if (size < 2 + cuts)
        return 0;
    const uint8_t *stream = data + 1 + cuts;
    size_t length = size - 1 - cuts;
    size_t count = scan_stream(stream, length, NULL, 0, whole, ELEMENTS);
    if (scan_stream(stream, length, data + 1, cuts, pieces, ELEMENTS) != count)
        abort();
    for (size_t i = 0; i < count && i < ELEMENTS; i++) {
        if (whole[i].offset != pieces[i].offset || whole[i].length != pieces[i].length ||
            whole[i].result != pieces[i].result || whole[i].frame.flags != pieces[i].frame.flags ||
            whole[i].frame.reason != pieces[i].frame.reason) {
            fprintf(stderr, "element %zu depends on how the stream was cut\n", i);
            abort();
        }
        if (whole[i].result != S7_SCAN_FRAME)
            continue;
        s7_decode(stream + whole[i].offset, &whole[i].frame, &message);
        check_message(stream + whole[i].offset, &whole[i].frame, &message);
    }
    return 0;
}
