# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's window, operated and read through the accessibility bus as a screen reader does it: menus, tables and
trees by their names, cells by their texts. What a program cannot read there (colours) is read from a picture.

GOTOP_PICTURES is the folder that pictures go to."""
import os
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

warnings.simplefilter("ignore", DeprecationWarning)  # of the bindings, which know no other names
PICTURES = Path(os.environ["GOTOP_PICTURES"])
PATIENCE = 15  # seconds, for what takes a fraction of one on an idle machine


def wait(condition, what):
    """The first true value of the condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            value = condition()
        except GLib.Error:  # a widget that is no longer there
            value = None
        if value:
            return value
        time.sleep(0.1)
    subprocess.run(["import", "-window", "root", str(PICTURES / "failure.png")], check=False)
    raise AssertionError(f"not within {PATIENCE} s: {what}; see failure.png")


def find(widget, role, name=None):
    """Widgets below this one, of that role, and of that name if one is given. The cells of tables are passed over."""
    if widget is None:
        return
    if widget.get_role_name() == role and name in (None, widget.get_name()):
        yield widget
    if widget.get_role_name() not in ("tree", "table", "list"):
        for i in range(widget.get_child_count()):
            yield from find(widget.get_child_at_index(i), role, name)


def cell(table, row, column=0):
    """None if the table has no such row (any more)."""
    return table.get_accessible_at(row, column)


def rows(table):
    """The texts of a table or of what is open in a tree."""
    cells = [[cell(table, r, c) for c in range(table.get_n_columns())] for r in range(table.get_n_rows())]
    return [[c.get_name() if c else None for c in line] for line in cells]


def titles(table):
    return [table.get_column_header(c).get_name() for c in range(table.get_n_columns())]


def settle(table):
    """Until the table has the same number of rows for a while."""
    counts = []
    while len(counts) < 4 or len(set(counts[-4:])) > 1:
        counts.append(table.get_n_rows())
        time.sleep(0.1)


def select(table, row):
    for other in list(table.get_selected_rows()):
        if other != row:
            table.remove_row_selection(other)
    table.add_row_selection(row)
    table.grab_focus()


def reveal(table, row):
    """Turns the wheel until the row is in view."""
    x, y, width, height = extents(table)
    xdotool("mousemove", x + width // 2, y + height // 2)
    for _ in range(400):
        _, top, _, size = extents(cell(table, row))
        if y + size <= top <= y + height - 3 * size:
            break
        xdotool("click", 4 if top < y + size else 5)
        time.sleep(0.02)
    xdotool("mousemove", 640, 10)  # nothing is marked under the pointer
    time.sleep(0.2)


def xdotool(*arguments):
    subprocess.run(["xdotool", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def extents(widget):
    """x, y, width, height on the screen."""
    box = widget.get_extents(Atspi.CoordType.SCREEN)
    return box.x, box.y, box.width, box.height


class Wireshark:
    """One run of the program on a capture, with the profile of the project. A context manager."""

    def __init__(self, capture, *options):
        self.title = Path(capture).name
        command = ["wireshark", "-C", "GOTOP S7", "-r", capture, "-o", "gui.update.enabled:FALSE", *options]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        try:
            self.app = wait(self._application, "Wireshark on the accessibility bus")
            self.packets = wait(lambda: self._application() and next(find(self.app, "tree", "Packet list"), None), "the packet list")
            self.details = next(find(self.app, "tree", "Packet details"))
            wait(lambda: "Packets:" in self.status(), "the capture in the window")
            wait(self._size, "the window at its size")
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def _application(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise AssertionError(f"wireshark ended by itself: {self.log.read()}")
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app and app.get_process_id() == self.process.pid:
                return app
        return None

    def _size(self):
        """The window fills the screen; its list takes a third of it, its details most of the rest."""
        screen = subprocess.run(["xdotool", "getdisplaygeometry"], check=True, capture_output=True, text=True).stdout
        return extents(self.window(self.title))[2] >= int(screen.split()[0]) - 20

    # ---- what is where ----

    def windows(self):
        return [self.app.get_child_at_index(i) for i in range(self.app.get_child_count())]

    def window(self, title):
        """The window whose title has that text in it."""
        return wait(lambda: next((w for w in self.windows() if w and title in w.get_name()), None), f"a window {title}")

    def status(self):
        """All texts of the status bar."""
        bar = next(find(self.window(self.title), "status bar"))
        return " | ".join(filter(None, (label.get_name() for label in find(bar, "label"))))

    def menu(self, *path):
        """The menu item at the end of the path, None if there is none."""
        item = next(find(self.window(self.title), "menu bar"))
        for name in path:
            item = next((i for i in self._items(item) if i.get_name() == name), None)
            if item is None:
                return None
        return item

    def _items(self, menu):
        """Those of the menu itself, not those of its submenus."""
        for i in range(menu.get_child_count()):
            child = menu.get_child_at_index(i)
            if child.get_role_name() == "menu item":
                yield child
            else:
                yield from self._items(child)

    def press(self, *path):
        item = self.menu(*path)
        assert item, f"no menu {' > '.join(path)}"
        item.do_action(0)

    def open(self, title, *path):
        """The dialog that a menu opens."""
        self.press(*path)
        return self.window(title)

    @staticmethod
    def hide_dialogs():
        """Takes them off the screen. Not closed: Qt 5 loses a dialog that gets the address of a closed one."""
        search = ["xdotool", "search", "--onlyvisible", "--name", "^Wireshark · ", "windowunmap", "%@"]
        subprocess.run(search, check=False, stdout=subprocess.DEVNULL)  # fails if there are none

    # ---- filters ----

    def button(self, name):
        """Presses a filter button; returns the filter that it applied."""
        bar = next(b for b in find(self.app, "tool bar") if b.get_name() == "Display Filter Toolbar")
        next(find(bar, "push button", name)).do_action(0)
        settle(self.packets)
        return self.filter()

    def filter(self):
        bar = next(b for b in find(self.app, "tool bar") if b.get_name() == "Display Filter Toolbar")
        entry = next(find(bar, "text", "Display filter entry"))
        return entry.get_text(0, -1)

    def set_filter(self, text):
        bar = next(b for b in find(self.app, "tool bar") if b.get_name() == "Display Filter Toolbar")
        entry = next(find(bar, "text", "Display filter entry"))
        if entry.get_text(0, -1) != text:
            entry.set_text_contents(text)
            entry.grab_focus()
            xdotool("key", "--delay", 200, "Escape", "Return")  # the list of earlier filters closes first
            settle(self.packets)

    # ---- packets ----

    def packet_row(self, number):
        count = self.packets.get_n_rows()
        likely = min(number, count) - 1  # if nothing is filtered
        for row in (likely, *range(count)):
            if cell(self.packets, row).get_name() == str(number):
                return row
        raise AssertionError(f"packet {number} is not in the list")

    def show_row(self, number):
        """Into view, and not selected: in its own colours."""
        for row in list(self.packets.get_selected_rows()):
            self.packets.remove_row_selection(row)
        reveal(self.packets, self.packet_row(number))

    def select_packet(self, number):
        select(self.packets, self.packet_row(number))
        wait(lambda: self.selected_packet() == number, f"the details of packet {number}")

    def selected_packet(self):
        first = cell(self.details, 0)
        words = first.get_name().split() if first else []
        return int(words[1].rstrip(":")) if words[:1] == ["Frame"] else None

    def tree(self):
        """The lines of the details that are open."""
        return [line[0] for line in rows(self.details)]

    def row_of(self, text):
        """The line of the details that begins so; the last one of several."""
        found = [r for r, line in enumerate(self.tree()) if line.startswith(text)]
        assert found, f"no line {text} in {self.tree()}"
        return found[-1]

    def select_line(self, text):
        select(self.details, self.row_of(text))

    def expand(self, text):
        """Opens a line and all below it."""
        self.select_line(text)
        self.press("View", "Expand Subtrees")
        wait(lambda: self.details.get_n_rows() > self.row_of(text) + 1, f"{text} expanded")
        settle(self.details)

    # ---- pictures ----

    def picture(self, name, dialog=None):
        """Of the screen or of a dialog with its frame."""
        area = []
        if dialog:
            x, y, width, height = extents(dialog)
            area = ["-crop", f"{width + 10}x{height + 28}+{x - 5}+{y - 23}", "+repage"]
        time.sleep(0.7)  # until all is drawn, and the pointer's traces are gone
        small = ["+dither", "-colors", "128", "-define", "png:compression-level=9", "-define", "png:compression-filter=0"]
        subprocess.run(["import", "-window", "root", *area, *small, f"png8:{PICTURES / name}.png"], check=True)


def double_click(window, line):
    """On a line of the details."""
    reveal(window.details, window.row_of(line))
    x, y, _, height = extents(cell(window.details, window.row_of(line)))
    xdotool("mousemove", x + 20, y + height // 2, "click", "--repeat", 2, "--delay", 50, 1)


def toggle(where, name):
    """A pane of the View menu; a protocol in the list of a dialog."""
    if isinstance(where, Wireshark):
        where.press("View", name)
        time.sleep(0.3)
        return
    listing = next(t for t in find(where, "tree") if "Protocol" in titles(t))
    row = [line[1] for line in rows(listing)].index(name)
    x, y, _, height = extents(cell(listing, row))
    xdotool("mousemove", x + 10, y + height // 2, "click", 1)


def words(dialog):
    """What stands in the dialog's text."""
    return max((t.get_text(0, -1) for t in find(dialog, "text")), key=len)


def colour(widget):
    """The commonest colour of the widget on the screen, as #RRGGBB: its background."""
    x, y, width, height = extents(widget)
    listing = subprocess.run(["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "-format",
                              "%c", "histogram:info:-"], check=True, capture_output=True, text=True).stdout
    counts = [(int(line.split(":")[0]), line.split("#")[1][:6]) for line in listing.splitlines() if "#" in line]
    return "#" + max(counts)[1]
