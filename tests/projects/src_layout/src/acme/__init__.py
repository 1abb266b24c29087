from .feed import Client
