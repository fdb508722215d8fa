package dev.weir.core.config;

/** How much TLS is asked for. */
public enum SslMode implements Spelled {
  DISABLE("disable"), ALLOW("allow"), PREFER("prefer"), REQUIRE("require"), VERIFY_CA(
      "verify-ca"), VERIFY_FULL("verify-full");

  private final String spelling;

  SslMode(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
