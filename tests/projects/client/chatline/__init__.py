"""Chatline: stream answers from a language model, keep them in a database, show them in a terminal."""

from .llm import ChatClient, StreamError
from .store import Database, JobQueue

__all__ = ["ChatClient", "Database", "JobQueue", "StreamError"]
