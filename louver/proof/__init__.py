"""The proof that nothing leaks.

Worlds, policies, callers and operations are drawn, what a caller may not know is changed, and every answer has to stay
the same to the byte. What a caller may know is read from the policy's lines here, in plain Python; of Louver's own
decisions nothing is asked.
"""
