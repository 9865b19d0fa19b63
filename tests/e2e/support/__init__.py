"""What the end-to-end tests share: processes with bounded waits, and servers of others."""
