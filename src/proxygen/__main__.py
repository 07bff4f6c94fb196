"""`python -m proxygen`: the command line."""

from proxygen.cli import main

if __name__ == "__main__":
    main()
