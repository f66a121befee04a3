"""The app in a browser: a small server, and the app of one tab."""
