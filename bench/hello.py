"""The smallest Flask program, to measure ours against."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """What a tutorial begins with."""
    return "hello"
