"""The reference token server: a signed-in user asks, and gets a Stream token for a party's call."""
