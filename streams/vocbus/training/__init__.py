"""Training and measuring of the classifier."""
