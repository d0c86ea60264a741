"""What known emitters leave in samples: the background against which a detection is judged."""
