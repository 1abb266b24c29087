from .leaves import pages as pages
from .leaves import page_list

__all__ = ["pages", "page_list"]
