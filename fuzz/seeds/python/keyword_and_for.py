filter(a=sync for p in prices())
