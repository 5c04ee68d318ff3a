"""The questions that experiments ask: the six classic ones, the topics of the whole study, and what equal things differ by."""
