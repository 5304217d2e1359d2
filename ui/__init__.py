"""Qt Quick face: the counter screen, its view-models and what they share."""
