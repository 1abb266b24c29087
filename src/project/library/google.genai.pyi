from google.genai.client import AsyncClient as AsyncClient, Client as Client
