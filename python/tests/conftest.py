"""What all tests need."""

import signal

# A shell that starts a program in the background without job control has it ignore Ctrl-C, and so
# do its children. Tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
