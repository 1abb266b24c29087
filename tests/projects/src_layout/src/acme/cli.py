from acme import Client
from acme.feed import rows


def main():
    print(list(Client().rows()), list(rows()))  # error: sync-consumer, sync-consumer
