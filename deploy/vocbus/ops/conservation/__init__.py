"""Conservation, pure: facts in, report out. Start reading at judge.py."""
