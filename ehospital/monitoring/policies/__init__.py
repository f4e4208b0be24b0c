"""What monitoring decides with: how long a reading counts, which message is a repeat, how a patient is at a moment.

Plain values in, plain values out; what a clinician could argue with is in `algorithms`, which these call.
"""
