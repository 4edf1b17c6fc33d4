"""What is asked: campaigns in frozen versions, their scale and their questions."""
