"""The Faust agents. Start reading at flow.py; app.py wires it to the servers."""
