from .core import Client as _Client


def client():
    return _Client()
