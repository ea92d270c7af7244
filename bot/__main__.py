"""Where `e2a` and `python -m bot` begin. Must not hold more than the way in.

What is imported lives for ever: looking for garbage among it meanwhile would take a quarter of
the start.
"""

import gc


def main() -> None:
    """Loads the commands and runs the one that was asked for."""
    gc.disable()
    from bot.cli.run import run  # noqa: PLC0415 - as above

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
