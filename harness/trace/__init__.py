"""What happened in a run: events, sightings of the callId, the timeline."""
