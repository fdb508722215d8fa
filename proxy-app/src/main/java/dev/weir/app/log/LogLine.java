package dev.weir.app.log;

import java.time.Instant;

/** One event on its way to the destinations; the message may hold line ends and a stack trace. */
record LogLine(Instant time, long pid, Severity severity, String message) {}
