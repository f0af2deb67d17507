/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the startek decoder, frames of the device. The input stands where the bytes behind the frame's head
 * stand. */
#include "fuzz_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode_startek("&&", data, size);
    return 0;
}
