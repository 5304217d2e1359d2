"""One view-model per pane; each is paired with a view of the same name."""
