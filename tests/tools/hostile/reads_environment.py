"""Fails if it sees the judge's environment, command line or files."""

import os
import sys

seen = [v for k, v in os.environ.items() if "SUDO" in k or "PROJECT_ROOT" in v or k == "USER"]
seen += [a for a in sys.argv if "solutions" in a or "hidden" in a]
for place in ("/proc/1/environ", "/etc/passwd", "/etc/hostname", "PROJECT_ROOT/README.md", "PROJECT_ROOT/solutions"):
    if os.path.exists(place):
        seen.append(place)
if os.path.isdir("/proc/1"):
    seen.append("processes")
if os.uname().nodename != "exam" or (os.getuid() == 0 and os.access("/", os.W_OK)):
    seen.append("the name of the machine, or root")
if not seen:
    raise ImportError("nothing to see")
