# SPDX-License-Identifier: Apache-2.0
"""Feeds a command's standard input and reads its outputs, all at the same time."""
from __future__ import annotations

import asyncio
import codecs
import os
import selectors
import time
from typing import IO, Any, Dict, List, Optional, Tuple

_CHUNK = 32768


class Pump:
    """Bytes that are to be written, and those that were read. Pipes are closed as they end."""

    def __init__(self, stdin: Optional[IO[Any]], stdout: Optional[IO[Any]], stderr: Optional[IO[Any]],
                 input: Any) -> None:
        if input is not None and stdin is None:
            raise ValueError("input: the command's standard input is not a pipe")
        self._stdin, self._outputs = stdin, (stdout, stderr)
        self._rest = memoryview(_encode(stdin, input))
        self._read: Dict[int, List[bytes]] = {0: [], 1: []}
        if stdin is not None and not stdin.closed:
            try:
                stdin.flush()
            except BrokenPipeError:
                pass
            if not self._rest:
                _close(stdin)
            else:
                os.set_blocking(stdin.fileno(), False)

    def _open(self) -> List[Tuple[IO[Any], bool, int]]:
        """The pipes that have not ended: file, whether it is written, number of the output."""
        found: List[Tuple[IO[Any], bool, int]] = []
        if self._stdin is not None and not self._stdin.closed:
            found.append((self._stdin, True, -1))
        found += [(f, False, i) for i, f in enumerate(self._outputs) if f is not None and not f.closed]
        return found

    def _step(self, file: IO[Any], writes: bool, number: int) -> bool:
        """Moves what can be moved. False at the end of the pipe."""
        if writes:
            try:
                self._rest = self._rest[os.write(file.fileno(), self._rest[:_CHUNK]):]
            except BlockingIOError:
                return True
            except BrokenPipeError:
                self._rest = memoryview(b"")
            if self._rest:
                return True
        else:
            data = os.read(file.fileno(), _CHUNK)
            if data:
                self._read[number].append(data)
                return True
        return False

    def run(self, deadline: Optional[float]) -> bool:
        """Until everything has ended. False when the time (time.monotonic) is over before."""
        with selectors.DefaultSelector() as selector:
            for file, writes, number in self._open():
                selector.register(file, selectors.EVENT_WRITE if writes else selectors.EVENT_READ,
                                  (file, writes, number))
            while selector.get_map():
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return False
                for key, _ in selector.select(left):
                    if not self._step(*key.data):
                        selector.unregister(key.fd)
                        _close(key.data[0])
        return True

    async def run_async(self) -> None:
        tasks = [asyncio.ensure_future(self._one(*pipe)) for pipe in self._open()]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _one(self, file: IO[Any], writes: bool, number: int) -> None:
        loop, fd = asyncio.get_running_loop(), file.fileno()
        done: "asyncio.Future[None]" = loop.create_future()

        def ready() -> None:
            try:
                if not done.done() and not self._step(file, writes, number):
                    done.set_result(None)
            except BaseException as problem:
                done.set_exception(problem)

        (loop.add_writer if writes else loop.add_reader)(fd, ready)
        try:
            await done
        finally:
            (loop.remove_writer if writes else loop.remove_reader)(fd)
        _close(file)

    def so_far(self) -> Tuple[Any, Any]:
        out, err = (None if f is None or not self._read[i] else _decode_begun(f, b"".join(self._read[i]))
                    for i, f in enumerate(self._outputs))
        return out, err

    def results(self) -> Tuple[Any, Any]:
        out, err = (None if f is None else _decode(f, b"".join(self._read[i])) for i, f in enumerate(self._outputs))
        return out, err


def _close(file: IO[Any]) -> None:
    try:
        file.close()
    except BrokenPipeError:
        pass


def _encode(file: Optional[IO[Any]], input: Any) -> bytes:
    encoding = getattr(file, "encoding", None)
    if input is None:
        return b""
    if isinstance(input, str):
        if encoding is None:
            raise TypeError("input: found text, expected bytes (or text=True)")
        return input.encode(encoding, getattr(file, "errors", None) or "strict")
    if encoding is not None:
        raise TypeError("input: found %s, expected text" % type(input).__name__)
    return bytes(memoryview(input))


def _decode(file: IO[Any], data: bytes) -> Any:
    encoding = getattr(file, "encoding", None)
    if encoding is None:
        return data
    return _lines(data.decode(encoding, getattr(file, "errors", None) or "strict"))


def _decode_begun(file: IO[Any], data: bytes) -> Any:
    """Of an output that has not ended: a character that has only begun is left out, and what is no
    text does not hide why this is asked."""
    encoding = getattr(file, "encoding", None)
    if encoding is None:
        return data
    errors = getattr(file, "errors", None) or "strict"
    decoder = codecs.getincrementaldecoder(encoding)("replace" if errors == "strict" else errors)
    return _lines(decoder.decode(data))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
