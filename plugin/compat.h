/* SPDX-License-Identifier: GPL-2.0-or-later
 * Everything that differs between Wireshark 4.0 and 4.6. No other file of the plugin tests the version. */
#ifndef COMPAT_H
#define COMPAT_H

#include <wireshark.h>

#include <ws_version.h>

#define COMPAT_WIRESHARK(major, minor)                                                                                 \
    (WIRESHARK_VERSION_MAJOR > (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* The variable behind a boolean preference. */
#if COMPAT_WIRESHARK(4, 4)
typedef bool compat_bool;
#else
typedef gboolean compat_bool;
#endif

/* Versions before 4.2 do not ask for the number of streams. */
#if COMPAT_WIRESHARK(4, 2)
#define compat_register_follow register_follow_stream
#else
#define compat_register_follow(proto, tap, packet, number, addresses, port, listener, count, sub_stream)               \
    register_follow_stream(proto, tap, packet, number, addresses, port, listener)
#endif

/* A function for -z that calls bool start(const char *argument); versions before 4.6 do not ask whether it worked. */
#if COMPAT_WIRESHARK(4, 6)
#define COMPAT_STAT_TAP_START(name, start)                                                                             \
    static bool name(const char *argument, void *userdata)                                                             \
    {                                                                                                                  \
        return start(argument);                                                                                        \
    }
#else
#define COMPAT_STAT_TAP_START(name, start)                                                                             \
    static void name(const char *argument, void *userdata)                                                             \
    {                                                                                                                  \
        start(argument);                                                                                               \
    }
#endif

/* What plugin_describe() says; versions before 4.4 do not ask. */
#if COMPAT_WIRESHARK(4, 4)
#include <wsutil/plugins.h>
#else
#define WS_PLUGIN_DESC_DISSECTOR    1
#define WS_PLUGIN_DESC_TAP_LISTENER 2
#endif

#endif
