from abc import ABC, abstractmethod
from typing import Iterator


class Base(ABC):
    @abstractmethod
    def rows(self) -> Iterator[int]:
        """Rows as they come."""

    def chunks(self) -> Iterator[int]:
        raise NotImplementedError


def read(base: Base):
    for row in base.rows():
        print(row)
    for row in base.chunks():
        print(row)
