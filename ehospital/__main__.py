"""`python -m ehospital` is the same as the `ehospital` command."""

from ehospital.cli.main import main

if __name__ == "__main__":
    main()
