"""The commands, one file a kind of work. Each opens the door, calls one verb and says what came of it."""
