"""What a department needs to take part in the bus: typed signals from its topic."""
