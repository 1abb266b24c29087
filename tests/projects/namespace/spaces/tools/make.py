from spaces.feeds.rows import Client


def client():
    return Client()
