/* SPDX-License-Identifier: GPL-2.0-or-later
 * Values in GLib's key files, which are the texts between the pieces of the way. Whatever a user named is in
 * percent-encoding, so that every byte comes back. What is read is not trusted. */
#ifndef KEYS_H
#define KEYS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Numbers of one key, at most. */
#define KEYS_NUMBERS 32

/* The text of a file, which is freed. */
GString *keys_done(GKeyFile *file);
/* NULL if it is no key file. */
GKeyFile *keys_open(const GString *text);
/* "input 7" for 6: the caller's to free. */
char *keys_group(const char *what, guint i);

/* NULL: nothing is written. */
void keys_put_text(GKeyFile *file, const char *group, const char *key, const char *text);
void keys_put_numbers(GKeyFile *file, const char *group, const char *key, const uint64_t *numbers, size_t count);
void keys_put_number(GKeyFile *file, const char *group, const char *key, uint64_t number);
/* Times may be negative. */
void keys_put_time(GKeyFile *file, const char *group, const char *key, int64_t time);

/* NULL if there is none; the caller's to free. */
char *keys_get_text(GKeyFile *file, const char *group, const char *key);
/* All: false if there is none, or not exactly that. */
bool keys_get_numbers(GKeyFile *file, const char *group, const char *key, uint64_t *numbers, size_t count);
bool keys_get_number(GKeyFile *file, const char *group, const char *key, uint64_t *number);
bool keys_get_time(GKeyFile *file, const char *group, const char *key, int64_t *time);
bool keys_get_flag(GKeyFile *file, const char *group, const char *key, bool *flag);

#endif
