"""On what kind of device somebody is signed in, told apart as coarsely as she needs to know her own again.

That the device of somebody who left opens nothing new: ``app/custody/actions.py`` (begin_epoch).
"""

from __future__ import annotations

from models.rules.labelled import Labelled


class Device(Labelled):
    """A kind of device. A consulter's is never looked at."""

    # fmt: off
    WINDOWS = "windows", "Windowsのパソコン",   "A Windows computer"
    MAC     = "mac",     "Mac",                 "A Mac"
    LINUX   = "linux",   "Linuxのパソコン",     "A Linux computer"
    IPHONE  = "iphone",  "iPhone",              "An iPhone"
    IPAD    = "ipad",    "iPad",                "An iPad"
    ANDROID = "android", "Androidの端末",       "An Android device"
    OTHER   = "other",   "そのほかの端末",      "Another device"
    # fmt: on


# In this order: what runs Android says Linux as well, and an iPhone says Mac.
_SIGNS = (
    ("iPhone", Device.IPHONE),
    ("iPad", Device.IPAD),
    ("Android", Device.ANDROID),
    ("Windows", Device.WINDOWS),
    ("Macintosh", Device.MAC),
    ("Linux", Device.LINUX),
)


def device_of(user_agent: str) -> Device:
    """What a browser says it runs on; it may say what it likes, and nothing but a word on a list hangs on it."""
    return next((device for sign, device in _SIGNS if sign in user_agent), Device.OTHER)
