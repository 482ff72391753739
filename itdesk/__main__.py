"""`python -m itdesk` is the `itdesk` command."""

from itdesk.cli.main import main

if __name__ == "__main__":
    main()
