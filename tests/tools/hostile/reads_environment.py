"""Fails if it sees the judge's environment, command line or files."""

import os
import sys

seen = [v for k, v in os.environ.items() if "SUDO" in k or "work" in v or k == "USER"]
seen += [a for a in sys.argv if "solutions" in a or "hidden" in a]
for place in ("/proc/1/environ", "/etc/passwd", "/etc/hostname", "/work/main/README.md", "/root/.bashrc"):
    if os.path.exists(place):
        seen.append(place)
if os.path.isdir("/proc/1") or os.listdir("/tmp") != [os.path.basename(os.getcwd())]:
    seen.append("processes, or a shared folder")
if os.uname().nodename != "exam" or (os.getuid() == 0 and os.access("/", os.W_OK)):
    seen.append("the name of the machine, or root")
if not seen:
    raise ImportError("nothing to see")
