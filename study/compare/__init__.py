"""What is stored, set against each other: which runs there are, what two of them may say, and how one machine changed."""
