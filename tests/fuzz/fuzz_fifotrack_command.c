/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the fifotrack decoder, commands. The input stands where the bytes behind the declared length
 * stand, perhaps behind a byte that makes the frame a damaged one. */
#include "fuzz_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode_fifotrack("##", data, size);
    return 0;
}
