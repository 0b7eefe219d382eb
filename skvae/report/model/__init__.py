"""The saved model of a run, its clusterers and its cluster memberships."""
