"""What goes wrong on a host while it is hardened, and what people do to it by hand between two runs."""
