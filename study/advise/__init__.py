"""Your loop: what a function of the reader's takes in each way, foretold; a model, a probe, an answer."""
