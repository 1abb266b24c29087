async def f(a):
    return f'{await anext(a)!r:{w}} {{ {f"{x for x in a}"} }}', f'''{
aiter(a, 1)}'''
