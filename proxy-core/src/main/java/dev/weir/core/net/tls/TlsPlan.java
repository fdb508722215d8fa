package dev.weir.core.net.tls;

import io.netty.handler.ssl.OpenSsl;
import java.security.NoSuchAlgorithmException;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * What a context is to be built with: the provider, and versions, suites and groups in that provider's words. Immutable.
 *
 * @param groups key exchange groups, best first; empty leaves the provider's own
 * @param notes what an operator should know about the choice, one line each
 */
record TlsPlan(TlsProvider provider, List<String> versions, List<String> suites,
    List<String> groups,
    List<String> notes) {
  /** Curves BoringSSL has; it knows no finite field groups and neither x448 nor Brainpool. */
  private static final Set<String> BORING_GROUPS = Set.of("x25519", "secp256r1", "secp384r1",
      "secp521r1",
      "x25519mlkem768");

  /** The options after reading, before they are matched against a provider. */
  private record Wish(TlsProtocols protocols, List<CipherSuite> suites, List<String> suites13,
      List<String> groups) {}

  static TlsPlan of(TlsOptions options) throws TlsConfigException {
    Wish wish = read(options);
    return switch (options.provider()) {
      case OPENSSL -> openSsl(wish);
      case JDK -> jdk(wish, List.of());
      case AUTO -> {
        String obstacle = openSslObstacle(wish);
        yield obstacle == null ? openSsl(wish) : jdk(wish, List.of("TLS by the JDK: " + obstacle));
      }
    };
  }

  private static Wish read(TlsOptions options) throws TlsConfigException {
    TlsProtocols protocols = TlsProtocols.parse(options.protocols());
    List<CipherSuite> suites = new ArrayList<>(CipherString.evaluate(options.ciphers()));
    List<String> groups = new ArrayList<>();
    switch (options.curve().strip().toLowerCase(Locale.ROOT)) {
      case "", "auto" -> {
      }
      case "none" -> suites.removeIf(CipherSuite::usesEcdhe);
      default ->
        Stream.of(options.curve().split("[,:]", -1)).map(TlsPlan::groupName).forEach(groups::add);
    }
    switch (options.dhparams().strip().toLowerCase(Locale.ROOT)) {
      case "", "auto", "legacy" -> {
      }
      case "none" -> suites.removeIf(CipherSuite::usesDhe);
      default ->
        throw new TlsConfigException("invalid DH parameters \"" + options.dhparams() + "\"");
    }
    return new Wish(protocols, suites, Tls13Suites.parse(options.ciphers13()), groups);
  }

  /** The IANA name of a curve that operators write in OpenSSL's way. */
  private static String groupName(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "prime256v1", "p-256" -> "secp256r1";
      case "p-384" -> "secp384r1";
      case "p-521" -> "secp521r1";
      case String other -> other;
    };
  }

  /** Why BoringSSL cannot serve {@code wish}; null when it can. */
  private static @Nullable String openSslObstacle(Wish wish) {
    if (!OpenSsl.isAvailable()) {
      return "the OpenSSL provider is not there";
    }
    if (wish.protocols.has13() && wish.suites13.size() < Tls13Suites.ALL.size()) {
      return "the OpenSSL provider cannot select TLS 1.3 suites";
    }
    for (String group : wish.groups) {
      if (!BORING_GROUPS.contains(group)) {
        return "the OpenSSL provider has no curve \"" + group + "\"";
      }
    }
    if (!wish.protocols.has13() && openSslSuites(wish).isEmpty()) {
      return "the OpenSSL provider has none of the ciphers";
    }
    return null;
  }

  private static List<String> openSslSuites(Wish wish) {
    return wish.suites.stream().filter(suite -> OpenSsl.isCipherSuiteAvailable(suite.openSslName()))
        .map(CipherSuite::javaName).toList();
  }

  private static TlsPlan openSsl(Wish wish) throws TlsConfigException {
    String obstacle = openSslObstacle(wish);
    if (obstacle != null) {
      throw new TlsConfigException(obstacle);
    }
    return plan(TlsProvider.OPENSSL, wish, wish.protocols.javaNames(), openSslSuites(wish),
        List.of());
  }

  private static TlsPlan jdk(Wish wish, List<String> reasons) throws TlsConfigException {
    SSLEngine engine = jdkEngine();
    List<String> notes = new ArrayList<>(reasons);
    Set<String> disabled = Stream
        .of(Security.getProperty("jdk.tls.disabledAlgorithms").split(",", -1))
        .map(String::strip).collect(Collectors.toSet());
    List<String> versions = new ArrayList<>(wish.protocols.javaNames());
    if (versions.removeIf(disabled::contains)) {
      notes.add("the JDK refuses TLS versions before 1.2");
    }
    if (versions.isEmpty()) {
      throw new TlsConfigException("TLS " + wish.protocols.javaNames() + " is disabled in the JDK");
    }
    Set<String> supported = Set.of(engine.getSupportedCipherSuites());
    List<String> suites = wish.suites.stream().map(CipherSuite::javaName)
        .filter(supported::contains).toList();
    Set<String> knownGroups = groups(engine);
    for (String group : wish.groups) {
      if (!knownGroups.contains(group)) {
        throw new TlsConfigException(
            "failed to set the curve \"" + group + "\": the JDK has " + knownGroups);
      }
    }
    return plan(TlsProvider.JDK, wish, versions, suites, notes);
  }

  private static Set<String> groups(SSLEngine engine) {
    String[] names = engine.getSSLParameters().getNamedGroups();
    return new TreeSet<>(names == null ? List.of() : Arrays.asList(names));
  }

  private static TlsPlan plan(TlsProvider provider, Wish wish, List<String> versions,
      List<String> oldSuites,
      List<String> notes) throws TlsConfigException {
    boolean has13 = versions.contains(TlsProtocols.Version.TLS1_3.javaName());
    boolean hasOlder = versions.size() > (has13 ? 1 : 0);
    if (hasOlder && oldSuites.isEmpty() && !has13) {
      throw new TlsConfigException("failed to set the TLS ciphers: the provider has none of them");
    }
    List<String> suites = new ArrayList<>();
    if (has13) {
      suites.addAll(wish.suites13);
    }
    if (hasOlder) {
      suites.addAll(oldSuites);
    }
    return new TlsPlan(provider, List.copyOf(versions), List.copyOf(suites),
        List.copyOf(wish.groups),
        List.copyOf(notes));
  }

  private static SSLEngine jdkEngine() throws TlsConfigException {
    try {
      return SSLContext.getDefault().createSSLEngine();
    } catch (NoSuchAlgorithmException e) {
      throw new TlsConfigException("no TLS in this JDK: " + e.getMessage(), e);
    }
  }
}
