"""Personal data in a text: where it stands, of which type it is, and one spelling of its value."""
