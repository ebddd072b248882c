"""Stream Video on this machine: its coordinator, its SFU, and the control over both."""
