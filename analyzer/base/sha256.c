/* SPDX-License-Identifier: GPL-2.0-or-later
 * SHA-256 by libcrypto. */
#include "base/sha256.h"

#include "base/io.h"

#include <glib.h>
#include <openssl/evp.h>
#include <stdint.h>

#define READ_SIZE ((size_t)262144)

/* libcrypto's own, under our name. */
static EVP_MD_CTX *context_of(struct sha256 *hash)
{
    return (EVP_MD_CTX *)hash;
}

struct sha256 *sha256_begin(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        g_error("libcrypto has no SHA-256");
    return (struct sha256 *)context;
}

void sha256_add(struct sha256 *hash, const void *bytes, size_t length)
{
    if (EVP_DigestUpdate(context_of(hash), bytes, length) != 1)
        g_error("libcrypto cannot hash");
}

char *sha256_end(struct sha256 *hash)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_of(hash), sum, &size) != 1)
        g_error("libcrypto cannot hash");
    EVP_MD_CTX_free(context_of(hash));
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", sum[i]);
    return g_string_free(text, FALSE);
}

char *sha256_bytes(const void *bytes, size_t length)
{
    struct sha256 *hash = sha256_begin();
    sha256_add(hash, bytes, length);
    return sha256_end(hash);
}

char *sha256_file(int descriptor)
{
    struct sha256 *hash = sha256_begin();
    g_autofree uint8_t *buffer = g_malloc(READ_SIZE);
    ptrdiff_t length;
    while ((length = io_read(descriptor, buffer, READ_SIZE)) > 0)
        sha256_add(hash, buffer, (size_t)length);
    char *digits = sha256_end(hash);
    if (length < 0)
        g_clear_pointer(&digits, g_free);
    return digits;
}
