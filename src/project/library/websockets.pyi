from websockets.asyncio.client import ClientConnection as ClientConnection, connect as connect, unix_connect as unix_connect
from websockets.asyncio.server import Server as Server, ServerConnection as ServerConnection, serve as serve, unix_serve as unix_serve
