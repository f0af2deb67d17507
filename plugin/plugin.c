/* SPDX-License-Identifier: GPL-2.0-or-later
 * What Wireshark looks up by name when it loads the plugin. */
#define WS_BUILD_DLL
#include "compat.h"

#include <epan/proto.h>
#include <epan/tap.h>

#include "packet-gotop.h"
#include "statistics.h"
#include "timeline.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = GOTOP_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

static void register_listeners(void)
{
    statistics_register_listeners();
    timeline_register_listener();
}

void plugin_register(void)
{
    static proto_plugin plugin;
    static tap_plugin listeners;
    plugin.register_protoinfo = packet_gotop_register;
    plugin.register_handoff = packet_gotop_handoff;
    proto_register_plugin(&plugin);
    listeners.register_tap_listener = register_listeners;
    tap_register_plugin(&listeners);
}

uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER;
}
