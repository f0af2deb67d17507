/* SPDX-License-Identifier: GPL-2.0-or-later
 * SHA-256 by libcrypto, which has the processor's own instructions for it. Takes bytes or a file, gives hexadecimal
 * digits. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>

/* Of bytes that come one after the other. sha256_end() frees it; the digits are the caller's to free. Each ends the
 * program if libcrypto has no SHA-256. */
struct sha256;
struct sha256 *sha256_begin(void);
void sha256_add(struct sha256 *hash, const void *bytes, size_t length);
char *sha256_end(struct sha256 *hash);

/* 64 lower-case digits and a NUL: the caller's to free. Ends the program if libcrypto has no SHA-256. */
char *sha256_bytes(const void *bytes, size_t length);
/* Of all that the descriptor reads from here on; NULL and errno on error. */
char *sha256_file(int descriptor);

#endif
