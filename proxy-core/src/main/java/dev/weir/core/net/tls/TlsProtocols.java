package dev.weir.core.net.tls;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A list of protocol versions: names separated by commas or colons, {@code !} takes away. {@code all}, {@code secure} and
 * {@code default} (1.2 and 1.3), {@code tlsv1} (1.0 to 1.3) and the single versions {@code tlsv1.0} to {@code tlsv1.3}. A
 * list that begins with a negation begins from all versions. Immutable.
 */
public record TlsProtocols(Set<Version> versions) {
  /** A version of TLS. */
  public enum Version {
    TLS1_0("TLSv1"), TLS1_1("TLSv1.1"), TLS1_2("TLSv1.2"), TLS1_3("TLSv1.3");

    private final String javaName;

    Version(String javaName) {
      this.javaName = javaName;
    }

    /** As {@code javax.net.ssl} spells it; {@code TLSv1} for 1.0. */
    public String javaName() {
      return javaName;
    }
  }

  public TlsProtocols {
    versions = Collections.unmodifiableSet(EnumSet.copyOf(versions));
  }

  /**
   * Reads a list; an empty one means {@code secure}.
   *
   * @throws TlsConfigException when a name is unknown or nothing is left
   */
  public static TlsProtocols parse(String list) throws TlsConfigException {
    if (list.isBlank()) {
      return new TlsProtocols(group("secure", list));
    }
    EnumSet<Version> chosen = EnumSet.noneOf(Version.class);
    boolean first = true;
    for (String raw : list.split("[,:]", -1)) {
      String word = raw.strip();
      boolean negated = word.startsWith("!");
      Set<Version> named = group(negated ? word.substring(1).strip() : word, list);
      if (negated) {
        if (first) {
          chosen = EnumSet.allOf(Version.class);
        }
        chosen.removeAll(named);
      } else {
        chosen.addAll(named);
      }
      first = false;
    }
    if (chosen.isEmpty()) {
      throw new TlsConfigException("invalid TLS protocols \"" + list + "\": none is left");
    }
    return new TlsProtocols(chosen);
  }

  private static Set<Version> group(String name, String list) throws TlsConfigException {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "all", "tlsv1" -> EnumSet.allOf(Version.class);
      case "secure", "default" -> EnumSet.of(Version.TLS1_2, Version.TLS1_3);
      case "tlsv1.0" -> EnumSet.of(Version.TLS1_0);
      case "tlsv1.1" -> EnumSet.of(Version.TLS1_1);
      case "tlsv1.2" -> EnumSet.of(Version.TLS1_2);
      case "tlsv1.3" -> EnumSet.of(Version.TLS1_3);
      default -> throw new TlsConfigException(
          "invalid TLS protocols \"" + list + "\": unknown version \"" + name + "\"");
    };
  }

  boolean only13() {
    return versions.equals(EnumSet.of(Version.TLS1_3));
  }

  boolean has13() {
    return versions.contains(Version.TLS1_3);
  }

  List<String> javaNames() {
    return new TreeSet<>(versions).stream().map(Version::javaName).toList();
  }
}
