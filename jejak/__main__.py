"""`python -m jejak` is `jejak`."""

from jejak.cli.app import main

if __name__ == "__main__":
    main()
