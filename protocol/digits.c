/* SPDX-License-Identifier: GPL-2.0-or-later
 * The text of the numbers 0 to 999. */
#include "digits.h"

/* Ten and a hundred entries with the same digits in front. */
#define TEN(front, zeros)                                                                                              \
    front "0" zeros front "1" zeros front "2" zeros front "3" zeros front "4" zeros front "5" zeros front              \
          "6" zeros front "7" zeros front "8" zeros front "9" zeros
#define NINETY(front, zeros)                                                                                           \
    TEN(front "1", zeros)                                                                                              \
    TEN(front "2", zeros)                                                                                              \
    TEN(front "3", zeros)                                                                                              \
    TEN(front "4", zeros)                                                                                              \
    TEN(front "5", zeros)                                                                                              \
    TEN(front "6", zeros)                                                                                              \
    TEN(front "7", zeros)                                                                                              \
    TEN(front "8", zeros)                                                                                              \
    TEN(front "9", zeros)
#define HUNDRED(front) TEN(front "0", "\0") NINETY(front, "\0")

/* clang-format off */
const char s7_triples[4001] = TEN("00", "\2") NINETY("0", "\1")
    HUNDRED("1") HUNDRED("2") HUNDRED("3") HUNDRED("4") HUNDRED("5") HUNDRED("6") HUNDRED("7") HUNDRED("8") HUNDRED("9");
/* clang-format on */
