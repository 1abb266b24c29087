from gql.client import Client as Client
