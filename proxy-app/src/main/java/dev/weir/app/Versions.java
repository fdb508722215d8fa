package dev.weir.app;

import io.netty.util.Version;
import java.util.Map;

/** What we run on, for {@code --version} and the first log line. */
final class Versions {
  private Versions() {}

  static String netty() {
    Map<String, Version> artefacts = Version.identify(Versions.class.getClassLoader());
    Version version = artefacts.get("netty-common");
    return "netty " + (version == null ? "unknown" : version.artifactVersion());
  }

  static String java() {
    return "java " + Runtime.version();
  }
}
