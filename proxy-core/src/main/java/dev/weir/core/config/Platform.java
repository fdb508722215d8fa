package dev.weir.core.config;

import java.util.Locale;

/** What the operating system decides about settings and their defaults. */
final class Platform {
  private static final String OS = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);

  private Platform() {}

  static boolean windows() {
    return OS.startsWith("windows");
  }

  static String unixSocketDirectory() {
    return windows() ? "" : "/tmp";
  }

  /** Linux alone can wait for the first bytes. */
  static String deferAccept() {
    return OS.startsWith("linux") ? "1" : "0";
  }
}
