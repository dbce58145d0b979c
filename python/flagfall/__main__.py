"""`python -m flagfall`."""

import sys

from flagfall._command import main

if __name__ == "__main__":
    sys.exit(main())
