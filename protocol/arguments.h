/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the arguments of a downlink command mean, and the values of the answers that the documents explain: name, unit,
 * type and range (arguments.def). Takes an ARGUMENT field, gives its meaning in words. (docs/PROTOCOL.md 7,
 * docs/STARTEK.md 6) */
#ifndef S7_ARGUMENTS_H
#define S7_ARGUMENTS_H

#include "message.h"

/* low..high are inclusive; INT64_MIN and INT64_MAX mean that no limit is documented. */
enum s7_argument_type {
    S7_ARGUMENT_TEXT,     /* any bytes, low..high of them */
    S7_ARGUMENT_DIGITS,   /* low..high digits that are no number */
    S7_ARGUMENT_WORD,     /* low..high letters and digits */
    S7_ARGUMENT_FLAG,     /* 0 off, 1 on */
    S7_ARGUMENT_ENUM,     /* a number; words: what low, low + 1, ... high mean, "|" between */
    S7_ARGUMENT_UINT,     /* a number; words: what 0 means, if something else than a number; it is in the range then */
    S7_ARGUMENT_PADDED,   /* a number with as many digits as high has */
    S7_ARGUMENT_TENS,     /* a number that counts tens of the unit */
    S7_ARGUMENT_DECIMAL,  /* a number with sign and decimals */
    S7_ARGUMENT_INTERVAL, /* three digits and S, M or H (hours: up to 254) */
    S7_ARGUMENT_ZONE,     /* +HH or +HH:MM, MM a quarter of an hour; "-" likewise */
    S7_ARGUMENT_CORNERS,  /* DDMMSSssN DDDMMSSssE twice, without blanks; ss: hundredths of a second */
    S7_ARGUMENT_DATE,     /* yymmdd; low..high: years */
    S7_ARGUMENT_TIME,     /* hhmmss */
    S7_ARGUMENT_STAMP,    /* yymmddhhmmss */
    S7_ARGUMENT_ALARM,    /* hh:mm; words: what nothing means */
    S7_ARGUMENT_PHONE,    /* digits, perhaps behind a plus */
    S7_ARGUMENT_IP,       /* dotted IPv4 */
    S7_ARGUMENT_ENDPOINT, /* dotted IPv4, ":", port up to high; each part may be empty */
    S7_ARGUMENT_URL,      /* http://host;port with low..high bytes of host and a port below 65535; ";" clears it */
    S7_ARGUMENT_HEX,
    S7_ARGUMENT_SWITCHES, /* a digit, 0 or 1, for each of words, "|" between */
    S7_ARGUMENT_CARD,     /* card number: digits, or "#" and hex digits; or the bytes of words */
    S7_ARGUMENT_PAIR,    /* number or card, ":", value; words: the values that there are, "|" between; else a decimal */
    S7_ARGUMENT_LITERAL, /* what decides the sub-form of the command; words: its meaning */
};

/* The description of an argument, static. */
struct s7_argument {
    const char *name; /* snake_case, ends with the unit where it has one; unique within a command unless repeated */
    const char *label;
    const char *unit; /* "" if none */
    enum s7_argument_type type;
    bool optional; /* may be empty */
    bool repeated; /* this one and all that follow */
    int64_t low, high;
    const char *words;
};

/* Does the text have the form of the type (else S7_ARGUMENT_BAD), and is its value in the range (else
 * S7_ARGUMENT_OUTSIDE)? An empty text fits an optional argument. */
enum s7_argument_fit { S7_ARGUMENT_FITS, S7_ARGUMENT_OUTSIDE, S7_ARGUMENT_BAD };
enum s7_argument_fit s7_argument_check(const struct s7_argument *argument, const uint8_t *text, size_t length);

/* Prints what an ARGUMENT field says, value and unit: "on", "30 s", "UTC+08:00", "live first". A text, a value that is
 * not of its type and an argument without description are printed as sent, bytes that are not printable ASCII as \r,
 * \n, \\ and \xNN. data is the frame. Does not mask: a field with S7_SECRET is the caller's to hide. Prints at most
 * size - 1 bytes and a NUL; S7_ARGUMENT_SIZE(field->length) bytes are always enough. Returns the length printed. */
#define S7_ARGUMENT_SIZE(length) (4 * (size_t)(length) + 64)
size_t s7_argument_print(const uint8_t *data, const struct s7_field *field, char *out, size_t size);

#endif
