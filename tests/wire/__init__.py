"""The served edge over bare sockets, before bare downstreams."""
