a = 1;
class A: b = 2;
async def f(): yield 1;
list(f());;
