async def héé(𝄞='𝄞'):
    yield '😀'
for é in héé(): pass  # aiterlint: ignore[é]
