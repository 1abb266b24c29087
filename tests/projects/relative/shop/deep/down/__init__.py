from ..up import both
