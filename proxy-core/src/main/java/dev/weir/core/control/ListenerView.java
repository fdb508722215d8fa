package dev.weir.core.control;

/** A listening socket (SHOW FDS). Address {@code unix} for Unix sockets. */
public record ListenerView(int fd, String address, int port) {}
