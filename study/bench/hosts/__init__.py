"""Programs whose main module is the point: what a first child costs them, and what a child that imports it again does.

A pattern runs them as `python -m study.bench.hosts.<name> START_METHOD WARMUPS LIVES PRELOAD`, with a module's name or
'' to preload, and reads the line of JSON behind a mark.
"""
