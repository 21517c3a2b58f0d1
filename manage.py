#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""The one command: `python3 manage.py demo` on a machine that has Python and nothing else.

Any Python can read this file, so that an old one is told in a sentence what to do.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def python_problem(version, arguments):
    """The sentence (str) for a Python that cannot run Cartographie, None for one that can.

    `version` is sys.version_info or its first numbers, `arguments` is sys.argv.
    """
    found = tuple(version[:2])
    if OLDEST <= found <= NEWEST:
        return None
    if found < OLDEST:
        wanted, advised = "{0}.{1} ou plus récent".format(*OLDEST), OLDEST
    else:
        wanted, advised = "{0}.{1} à {2}.{3}".format(*(OLDEST + NEWEST)), NEWEST
    return (
        "Cartographie demande Python {0} ; celui-ci est {1}.{2}. "
        "Installez-le, puis relancez : python{3}.{4} {5}\n"
    ).format(wanted, found[0], found[1], advised[0], advised[1], " ".join(arguments))


def main():
    problem = python_problem(sys.version_info, sys.argv)
    if problem:
        sys.stderr.write(problem)
        return 1
    from cartographie import bootstrap, commands

    return bootstrap.prepare(sys.argv) or commands.run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
