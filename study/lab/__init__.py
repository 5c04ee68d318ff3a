"""The study of the study, off the user's path: simulated machines, promises put to the test, cross-checks, its own costs."""
