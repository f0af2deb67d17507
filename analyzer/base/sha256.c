/* SPDX-License-Identifier: GPL-2.0-or-later
 * SHA-256 by libcrypto. */
#include "base/sha256.h"

#include <errno.h>
#include <glib.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <unistd.h>

#define READ_SIZE ((size_t)262144)

static EVP_MD_CTX *begin(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        g_error("libcrypto has no SHA-256");
    return context;
}

static void add(EVP_MD_CTX *context, const void *bytes, size_t length)
{
    if (EVP_DigestUpdate(context, bytes, length) != 1)
        g_error("libcrypto cannot hash");
}

/* Frees the context. */
static char *finish(EVP_MD_CTX *context)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context, sum, &size) != 1)
        g_error("libcrypto cannot hash");
    EVP_MD_CTX_free(context);
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", sum[i]);
    return g_string_free(text, FALSE);
}

char *sha256_bytes(const void *bytes, size_t length)
{
    EVP_MD_CTX *context = begin();
    add(context, bytes, length);
    return finish(context);
}

char *sha256_file(int descriptor)
{
    EVP_MD_CTX *context = begin();
    g_autofree uint8_t *buffer = g_malloc(READ_SIZE);
    ssize_t length;
    while ((length = read(descriptor, buffer, READ_SIZE)) != 0) {
        if (length > 0)
            add(context, buffer, (size_t)length);
        else if (errno != EINTR)
            break;
    }
    if (length == 0)
        return finish(context);
    EVP_MD_CTX_free(context);
    return NULL;
}
