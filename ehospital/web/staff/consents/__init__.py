"""What a patient allows and refuses: the list, a new word, taking one back, the form on paper."""
