"""The eight figures for a lecture as a wall wants them: few rows, large letters, each from the numbers of the run.

A module's functions take evidence and give a figure, or None where its numbers were not measured or load leaves them open.
"""
