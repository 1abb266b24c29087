#!/usr/bin/env python3
"""How the time and the memory of a check grow with the number of files, and a picture of it.

    benches/growth.py [--largest FILES] [--program PROGRAM]

Makes projects of 1,000 files and more, each package a copy of the one that benches/instructions.py counts (one module in
twenty iterates asynchronously), checks each of them three times, and draws docs/growth.svg.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import instructions

ROOT = pathlib.Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs/growth.svg"
WIDTH, HEIGHT, EDGE = 640, 320, 56
PACKAGE = 200


def checked(program, folder):
    """Seconds and MiB of one run."""
    command = [program, "lint", "--no-cache", "--isolated", "--quiet", "--threads", "2", "."]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    trouble = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{program} failed: {trouble.decode()[-500:]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def line(points, color, top, largest):
    place = [(EDGE + x / largest * (WIDTH - 2 * EDGE), HEIGHT - EDGE - y / top * (HEIGHT - 2 * EDGE)) for x, y in points]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in place)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in place)
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>{dots}'


def picture(rows):
    largest = rows[-1][0]
    seconds, memory = max(row[1] for row in rows), max(row[2] for row in rows)
    text = '<text x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<path d="M{EDGE},{EDGE} V{HEIGHT - EDGE} H{WIDTH - EDGE} V{EDGE}" fill="none" stroke="#999"/>',
        line([(files, time) for files, time, _ in rows], "#1f6feb", seconds, largest),
        line([(files, size) for files, _, size in rows], "#c2410c", memory, largest),
        text.format(EDGE, EDGE - 12, "middle", "#1f6feb", f"{seconds:.1f} s"),
        text.format(WIDTH - EDGE, EDGE - 12, "middle", "#c2410c", f"{memory:.0f} MiB"),
        text.format(EDGE, HEIGHT - EDGE + 20, "middle", "#333", "0"),
        text.format(WIDTH - EDGE, HEIGHT - EDGE + 20, "middle", "#333", f"{largest:,} files"),
        "</svg>",
    ]
    PICTURE.write_text("\n".join(parts) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "target/release/aiterlint", type=pathlib.Path)
    parser.add_argument("--largest", default=100_000, type=int)
    arguments = parser.parse_args()
    program, rows = str(arguments.program.resolve()), []
    with tempfile.TemporaryDirectory() as name:
        made = 0
        for files in (1_000, 10_000, 25_000, 50_000, 75_000, 100_000):
            if files > arguments.largest:
                break
            while made < files:
                instructions.write(pathlib.Path(name) / f"part_{made // PACKAGE}", PACKAGE - 11, 10)
                made += PACKAGE
            runs = [checked(program, name) for _ in range(3)]
            seconds, memory = min(run[0] for run in runs), max(run[1] for run in runs)
            rows.append((files, seconds, memory))
            print(f"{files:8,} files {seconds:8.2f} s {seconds / files * 1e6:7.1f} µs a file {memory:7.0f} MiB", flush=True)
    picture(rows)


if __name__ == "__main__":
    main()
