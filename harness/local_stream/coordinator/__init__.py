"""Stream Video's coordinator: users, calls, permissions, events, and the credentials for its SFU."""
