import os,sys,subprocess,time
from wireshark import *
STAGE=os.environ["GOTOP_STAGE"]
home=os.path.expanduser("~/.config/wireshark")
subprocess.run([STAGE+"/plugin/install-profile"],check=True)
open(home+"/recent_common","a").write("privs.warn_if_elevated: FALSE\ngui.geometry_main_maximized: TRUE\n")
open(home+"/profiles/GOTOP S7/recent","a").write("gui.geometry_main_upper_pane: 260\ngui.geometry_main_lower_pane: 330\n")
exec(open(os.environ.get("SCRATCH","/tmp/guitry/scratch.py")).read())
