"""The programs of Q3, Q5 and Q6 (`python -m study.bench.examples.q3_process [start method]`), and one job in five ways."""
