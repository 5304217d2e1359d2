"""What every view-model uses: the bridge to the core, lists, words, keys."""
