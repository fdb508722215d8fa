package dev.weir.core.control;

/** Who we say we are. Tools for the original read both texts, so both begin with the version we stand in for. */
public final class ProductVersion {
  /** First line of {@code --version} and answer of SHOW VERSION. */
  public static final String FULL = "PgBouncer 1.25.2 (Weir 0.1.0-SNAPSHOT)";

  /** {@code server_version} of the console. */
  public static final String SERVER_VERSION = "1.25.2/bouncer";

  /** Version of the ProxySQL whose admin port we speak for; tools cut it at dots and dashes. */
  public static final String PROXYSQL = "2.7.2-1-weir";

  private ProductVersion() {}
}
